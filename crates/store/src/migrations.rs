//! The schema's history, for both databases.
//!
//! Read into the program by `include_str!`, not by sqlx's `migrate!`, which would build sqlx and SQLite a second time for
//! the compiler: about 150 s of processor time in a cold build. Names and checksums are the same as that macro's.
//! A migration that was released is never changed: databases remember its checksum. Deliberately not here: running them.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The migrations of a dialect's folder, oldest first.
macro_rules! migrations {
    ($dialect:literal: $($version:literal $file:literal $name:literal),+ $(,)?) => {
        Migrator::with_migrations(vec![$(Migration::new(
            $version,
            $name.into(),
            MigrationType::Simple,
            include_str!(concat!("../migrations/", $dialect, "/", $file, ".sql")).into_sql_str(),
            false,
        )),+])
    };
}

/// Those of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrations!("sqlite":
        1 "0001_memory" "memory",
        2 "0002_rubrics" "rubrics",
        3 "0003_passages" "passages",
        4 "0004_models" "models",
        5 "0005_ratings" "ratings",
        6 "0006_vectors" "vectors",
        7 "0007_service" "service",
        8 "0008_known" "known",
        9 "0009_people" "people",
        10 "0010_web" "web",
        11 "0011_api" "api",
        12 "0012_visitors" "visitors",
        15 "0015_writers" "writers",
        16 "0016_portfolios" "portfolios",
        18 "0018_policies" "policies",
        19 "0019_standing" "standing",
        21 "0021_reversals" "reversals",
    )
}

/// Those of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrations!("postgres":
        1 "0001_memory" "memory",
        2 "0002_rubrics" "rubrics",
        3 "0003_passages" "passages",
        4 "0004_models" "models",
        5 "0005_ratings" "ratings",
        6 "0006_vectors" "vectors",
        7 "0007_service" "service",
        8 "0008_known" "known",
        9 "0009_people" "people",
        10 "0010_web" "web",
        11 "0011_api" "api",
        12 "0012_visitors" "visitors",
        15 "0015_writers" "writers",
        16 "0016_portfolios" "portfolios",
        18 "0018_policies" "policies",
        19 "0019_standing" "standing",
        21 "0021_reversals" "reversals",
    )
}

/// The newest version this program knows; the same for both databases.
pub(crate) fn newest() -> i64 {
    sqlite().iter().map(|m| m.version).max().unwrap_or(0)
}

/// A history's beginning, up to and with a version.
pub(crate) fn up_to(history: &Migrator, version: i64) -> Migrator {
    Migrator::with_migrations(history.iter().filter(|m| m.version <= version).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Every file of the folder is listed, with the version and name that it bears.
    fn listed(migrator: &Migrator, folder: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let mut files: Vec<String> = std::fs::read_dir(path)
            .expect("the folder of migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let names: Vec<String> =
            migrator.iter().map(|m| format!("{:04}_{}.sql", m.version, m.description)).collect();
        assert_eq!(names, files);
    }

    #[test]
    fn every_migration_is_listed_by_its_own_name() {
        listed(&sqlite(), "sqlite");
        listed(&postgres(), "postgres");
    }
}
