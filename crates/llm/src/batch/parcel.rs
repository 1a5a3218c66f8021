//! Packs questions into as few batches as the providers' limits allow: one model each, in the caller's order.

use crate::price::Usage;
use crate::question::Size;

/// How much a batch may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub lines: usize,
    /// Bytes, the frame around the lines left out.
    pub bytes: usize,
}

/// One question as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub custom_id: String,
    pub size: Size,
    pub text: String,
    /// The most it is likely to use.
    pub most: Usage,
}

/// The questions of one batch.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub custom_ids: Vec<String>,
    pub size: Size,
    /// The lines, with `separator` between them.
    pub text: String,
    pub most: Usage,
}

/// The lines in parcels. A line that is too long by itself is left to the provider to refuse.
pub(super) fn packed(lines: Vec<Line>, separator: char, limits: Limits) -> Vec<Parcel> {
    let mut parcels: Vec<Parcel> = vec![];
    for line in lines {
        let open = parcels.iter_mut().rev().find(|parcel| parcel.size == line.size);
        match open.filter(|parcel| parcel.has_room(&line, limits)) {
            Some(parcel) => {
                parcel.text.push(separator);
                parcel.text.push_str(&line.text);
                parcel.custom_ids.push(line.custom_id);
                parcel.most += line.most;
            }
            None => parcels.push(Parcel {
                custom_ids: vec![line.custom_id],
                size: line.size,
                text: line.text,
                most: line.most,
            }),
        }
    }
    parcels
}

impl Parcel {
    fn has_room(&self, line: &Line, limits: Limits) -> bool {
        self.custom_ids.len() < limits.lines && self.text.len() + 1 + line.text.len() <= limits.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Nothing is lost, doubled or put out of order, no parcel is over a limit, and none could be joined to the next.
        #[test]
        fn parcels_hold_everything_once_within_the_limits(
            lines in prop::collection::vec((1_usize..9, any::<bool>()), 0..40), most in 1_usize..6, bytes in 8_usize..40,
        ) {
            let lines: Vec<Line> = lines.iter().enumerate().map(|(at, (length, large))| Line {
                custom_id: at.to_string(),
                size: if *large { Size::Large } else { Size::Small },
                text: "x".repeat(*length),
                most: Usage { input: 1, ..Usage::default() },
            }).collect();
            let limits = Limits { lines: most, bytes };
            let parcels = packed(lines.clone(), '\n', limits);
            for size in [Size::Small, Size::Large] {
                let of = || parcels.iter().filter(|parcel| parcel.size == size);
                let ids: Vec<&String> = of().flat_map(|parcel| &parcel.custom_ids).collect();
                let wanted: Vec<&String> =
                    lines.iter().filter(|line| line.size == size).map(|line| &line.custom_id).collect();
                prop_assert_eq!(ids, wanted);
                for (one, next) in of().zip(of().skip(1)) {
                    let first = next.text.split('\n').next().unwrap_or_default();
                    prop_assert!(one.custom_ids.len() == most || one.text.len() + 1 + first.len() > bytes);
                }
            }
            for parcel in &parcels {
                let count = parcel.custom_ids.len();
                prop_assert!(count <= most && (parcel.text.len() <= bytes || count == 1));
                prop_assert_eq!((parcel.text.split('\n').count(), parcel.most.input), (count, count as u64));
            }
        }
    }
}
