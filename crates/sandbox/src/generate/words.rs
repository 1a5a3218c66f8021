//! The vocabulary of made-up workspaces: areas of a product, what goes wrong in them, and names of people.
//!
//! All of it is invented; products, customers and people with these names are so by chance.

/// A part of the product: its name, the skill it asks for, and things in it.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) name: &'static str,
    pub(super) skill: &'static str,
    pub(super) objects: [&'static str; 6],
}

const fn area(name: &'static str, skill: &'static str, objects: [&'static str; 6]) -> Area {
    Area { name, skill, objects }
}

pub(super) const AREAS: [Area; 12] = [
    area(
        "Checkout",
        "Payments",
        [
            "coupon field",
            "basket total",
            "address form",
            "express button",
            "shipping selector",
            "order summary",
        ],
    ),
    area(
        "Search",
        "Information Retrieval",
        [
            "autocomplete list",
            "filter panel",
            "result ranking",
            "synonym table",
            "search index",
            "spelling suggestion",
        ],
    ),
    area(
        "Billing",
        "Accounting",
        [
            "invoice PDF",
            "tax calculation",
            "dunning mail",
            "credit note",
            "payment schedule",
            "ledger export",
        ],
    ),
    area(
        "Login",
        "Security",
        [
            "password reset",
            "single sign-on",
            "session cookie",
            "two-factor prompt",
            "account lockout",
            "invitation link",
        ],
    ),
    area(
        "Mobile App",
        "Mobile",
        ["push token", "offline cache", "camera upload", "home screen", "deep link", "app update banner"],
    ),
    area(
        "Reporting",
        "Data Analysis",
        [
            "weekly report",
            "pivot table",
            "chart legend",
            "CSV export",
            "date range picker",
            "saved dashboard",
        ],
    ),
    area(
        "Notifications",
        "Messaging",
        [
            "digest mail",
            "unsubscribe link",
            "mention alert",
            "delivery queue",
            "quiet hours setting",
            "mail template",
        ],
    ),
    area(
        "Import",
        "Data Engineering",
        [
            "column mapping",
            "upload wizard",
            "duplicate check",
            "encoding detection",
            "import log",
            "sample file",
        ],
    ),
    area(
        "API",
        "Backend",
        [
            "rate limiter",
            "pagination cursor",
            "webhook delivery",
            "access token",
            "error message",
            "batch endpoint",
        ],
    ),
    area(
        "Admin Console",
        "Frontend",
        ["permission matrix", "user list", "audit trail", "feature switch", "theme editor", "seat counter"],
    ),
    area(
        "Sync Engine",
        "Distributed Systems",
        ["conflict resolution", "change feed", "retry queue", "lock file", "delta upload", "snapshot"],
    ),
    area(
        "Infrastructure",
        "Operations",
        [
            "deployment pipeline",
            "backup job",
            "log retention",
            "certificate renewal",
            "load balancer",
            "monitoring alert",
        ],
    ),
];

/// What is wrong with a thing, each said in two ways.
pub(super) const SYMPTOMS: [[&str; 2]; 14] = [
    ["shows an empty page", "stays blank"],
    ["takes more than ten seconds", "is far too slow"],
    ["loses what was entered", "forgets the input"],
    ["fails with a timeout", "times out"],
    ["is cut off", "is truncated"],
    ["shows the old value", "does not refresh"],
    ["appears twice", "is duplicated"],
    ["ignores the chosen language", "is in the wrong language"],
    ["cannot be reached with the keyboard", "is not accessible by keyboard"],
    ["crashes", "ends with an unexpected error"],
    ["is off by one day", "has the wrong date"],
    ["rounds amounts wrongly", "is off by a cent"],
    ["uses too much memory", "leaks memory"],
    ["is refused although it is valid", "rejects valid input"],
];

/// When it goes wrong.
pub(super) const CONDITIONS: [&str; 14] = [
    "on a slow connection",
    "after the session has expired",
    "when two people edit at the same time",
    "for accounts with more than 10,000 records",
    "in Safari",
    "on small screens",
    "when the name holds an umlaut",
    "on the last day of the month",
    "after an upgrade",
    "for users with read-only access",
    "when the time zone is west of UTC",
    "with an empty list",
    "in dark mode",
    "under heavy load",
];

/// What a new thing should be able to do, with `{}` for the thing; each said in two ways.
pub(super) const WISHES: [[&str; 2]; 10] = [
    ["Let people undo changes to the {}", "Add undo to the {}"],
    ["Show who changed the {} last", "Display the last editor of the {}"],
    ["Make the {} configurable per team", "Allow every team its own {}"],
    ["Add keyboard shortcuts to the {}", "Support shortcuts in the {}"],
    ["Send a reminder before the {} expires", "Warn people before the {} runs out"],
    ["Offer the {} in French and German", "Translate the {}"],
    ["Filter the {} by owner", "Add an owner filter to the {}"],
    ["Preview the {} before saving", "Show a preview of the {}"],
    ["Support bulk changes in the {}", "Let people change the {} in bulk"],
    ["Remember the last choice in the {}", "Keep the previous selection of the {}"],
];

/// Work nobody outside sees.
pub(super) const CHORES: [[&str; 2]; 8] = [
    ["Write tests for the {}", "Raise test coverage of the {}"],
    ["Split up the code of the {}", "Refactor the {}"],
    ["Document the {}", "Write a help page about the {}"],
    ["Upgrade the library behind the {}", "Update dependencies of the {}"],
    ["Measure how long the {} takes", "Add metrics to the {}"],
    ["Remove the old {}", "Delete the retired {}"],
    ["Review the access rights of the {}", "Audit permissions of the {}"],
    ["Move the {} to the new cluster", "Migrate the {}"],
];

/// What must be decided or written for a launch.
pub(super) const LAUNCHES: [[&str; 2]; 6] = [
    ["Write the announcement about the {}", "Draft the blog post on the {}"],
    ["Prepare the demo of the {}", "Set up the {} demo"],
    ["Collect feedback on the {} from pilot customers", "Interview pilot users about the {}"],
    ["Agree on the price of the {}", "Set pricing of the {}"],
    ["Train support on the {}", "Brief the support team about the {}"],
    ["Record a video about the {}", "Film a tutorial on the {}"],
];

pub(super) const ROLES: [&str; 8] = [
    "an accountant",
    "a team lead",
    "a new user",
    "an administrator",
    "a support agent",
    "a field worker",
    "an analyst",
    "a developer",
];

pub(super) const BENEFITS: [&str; 8] = [
    "nobody has to ask me twice",
    "mistakes do not reach our customers",
    "the monthly close takes a day less",
    "I can work on the train",
    "we pass the audit",
    "new colleagues find their way",
    "I see problems before others do",
    "we stop doing it by hand",
];

pub(super) const CUSTOMERS: [&str; 16] = [
    "Alder Logistics",
    "Birchwood Bank",
    "Cobalt Foods",
    "Dune Travel",
    "Elmfield Clinic",
    "Fjord Energy",
    "Granite Insurance",
    "Harbor Retail",
    "Iris Media",
    "Juniper Schools",
    "Kestrel Airways",
    "Lagoon Hotels",
    "Maple Motors",
    "Northgate Council",
    "Opal Cosmetics",
    "Pinecrest Homes",
];

pub(super) const THEMES: [&str; 5] = ["Retention", "Growth", "Reliability", "Compliance", "Efficiency"];
pub(super) const TAGS: [&str; 16] = [
    "quick-win",
    "regression",
    "customer-reported",
    "tech-debt",
    "security",
    "ux",
    "performance",
    "needs-info",
    "hotfix",
    "documentation",
    "accessibility",
    "migration",
    "blocked-externally",
    "good-first-task",
    "legal",
    "experiment",
];

/// Labels of links, and the start of the page they lead to.
pub(super) const LINKS: [[&str; 2]; 6] = [
    ["Screenshot", "https://files.sandbox.example/screenshots"],
    ["Design draft", "https://design.sandbox.example/file"],
    ["Log excerpt", "https://logs.sandbox.example/query"],
    ["Pull request", "https://git.sandbox.example/pull"],
    ["Customer mail", "https://desk.sandbox.example/ticket"],
    ["Specification", "https://docs.sandbox.example/spec"],
];

pub(super) const TEAMS: [&str; 10] = [
    "Product",
    "Platform",
    "Customer Care",
    "Growth",
    "Data",
    "Mobile",
    "Payments",
    "Design",
    "Operations",
    "Security",
];

/// Where people live.
#[derive(Debug)]
pub(super) struct Zone {
    pub(super) name: &'static str,
    /// Before UTC.
    pub(super) hours: i64,
    /// Public holidays by month and day.
    pub(super) holidays: [(i8, i8); 5],
}

pub(super) const ZONES: [Zone; 5] = [
    Zone { name: "Europe/Vienna", hours: 1, holidays: [(1, 1), (5, 1), (10, 26), (12, 25), (12, 26)] },
    Zone { name: "Europe/London", hours: 0, holidays: [(1, 1), (5, 4), (8, 31), (12, 25), (12, 26)] },
    Zone { name: "America/New_York", hours: -5, holidays: [(1, 1), (7, 4), (9, 7), (11, 26), (12, 25)] },
    Zone { name: "America/Los_Angeles", hours: -8, holidays: [(1, 1), (7, 4), (9, 7), (11, 26), (12, 25)] },
    Zone { name: "Asia/Kolkata", hours: 5, holidays: [(1, 26), (8, 15), (10, 2), (11, 8), (12, 25)] },
];

pub(super) const GIVEN: [&str; 64] = [
    "Ada", "Adam", "Aiko", "Alma", "Amir", "Anna", "Arjun", "Astrid", "Ben", "Bianca", "Bruno", "Carla",
    "Chen", "Clara", "Daniel", "Dara", "David", "Dina", "Elena", "Elias", "Emil", "Emma", "Erik", "Esther",
    "Fatima", "Felix", "Finn", "Freya", "Gabriel", "Grace", "Hana", "Hugo", "Ida", "Igor", "Ines", "Ivan",
    "Jana", "Jonas", "Julia", "Kai", "Kavya", "Lars", "Leila", "Lena", "Leo", "Lina", "Luca", "Malik",
    "Maria", "Mateo", "Maya", "Mila", "Nadia", "Noah", "Nora", "Omar", "Paula", "Ravi", "Rosa", "Samir",
    "Sofia", "Theo", "Vera", "Yuki",
];

pub(super) const SURNAMES: [&str; 72] = [
    "Abbott", "Ahmed", "Almeida", "Andersen", "Bauer", "Becker", "Bennett", "Berg", "Bianchi", "Brandt",
    "Carter", "Castro", "Chandra", "Cohen", "Costa", "Dahl", "Das", "Dubois", "Eriksen", "Evans", "Ferrari",
    "Fischer", "Fontaine", "Foster", "Garcia", "Ghosh", "Gruber", "Hansen", "Haas", "Hayes", "Holm",
    "Horvat", "Ito", "Jensen", "Joshi", "Keller", "Khan", "Kim", "Klein", "Kovac", "Lang", "Larsen", "Lee",
    "Lindgren", "Lopez", "Marino", "Mehta", "Meyer", "Moreau", "Murphy", "Nakamura", "Nguyen", "Novak",
    "Olsen", "Ortiz", "Park", "Patel", "Petrov", "Ramos", "Reed", "Rossi", "Sato", "Schmidt", "Silva",
    "Singh", "Steiner", "Tanaka", "Torres", "Varga", "Weber", "Wood", "Zhang",
];
