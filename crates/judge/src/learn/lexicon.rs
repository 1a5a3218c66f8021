//! The mood of single words: the cold start of `sentiment`, and a hint to its learned models.
//!
//! Written for work text from general knowledge of English, not taken from a published list. Words that name the work itself
//! (bug, error, fail, issue, problem) are left neutral: a calm fault report is not a complaint.
//! Known limits: English only; irony is read as it is written.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Words by valence, from 3 (delight) to −3 (anger).
const WORDS: [(i8, &str); 6] = [
    (
        3,
        "amazing awesome awesomeness beautiful beautifully brilliant brilliantly delighted delightful epic excellent excellently \
         exceptional fabulous fantastic flawless genius gorgeous hooray hurray incredible incredibly love loved loves loving magnificent \
         marvelous masterpiece outstanding perfect perfection perfectly phenomenal rocks splendid stellar stunning superb superbly terrific \
         thrilled woohoo woot wonderful wonderfully wow yay",
    ),
    (
        2,
        "appreciate appreciated appreciates appreciation bless bravo cheers clever congrats congratulations cool easier elegant \
         elegantly enjoy enjoyed enjoying enjoys excited exciting favorite favourite fun glad grateful great greatly haha happily happy \
         impressed impressive kudos lol lovely magic neat nice nicely nicer nicest pleasant pleased pleasure props rock slick smart \
         smooth smoothly solid sweet thank thankful thanks thankyou thx ty upvote upvoted win winner wins yeah yeehaw yummy",
    ),
    (
        1,
        "agree agreed awaited better best clean cleaner comfortable convenient correct easy efficient fast faster fine \
         fixed friendly good handy helped helpful helpfully helps hope hoping improved improvement improves interesting kind like liked \
         looking luckily nicety ok okay okey pretty ready recommend recommended reliable safe simple solved stable success \
         successful successfully super thoughtful thorough useful valuable welcome works worth yep yes",
    ),
    (
        -1,
        "alas although broken bother bothered clumsy complain concerned concerning confused confusing cumbersome difficult doubt \
         doubtful hack hacky hard hell hmm hmmm however impossible inconsistent inconvenient lack lacking lame laggy late mess messy \
         misleading missed mistake oops overkill pity poor poorly regret sadly scary slow slower sluggish sorry strange struggle \
         struggling stuck tedious tired tricky trouble ugly unclear unexpected unfortunate unfortunately unhappy unnecessary \
         unstable weird worried worry wrong wtf",
    ),
    (
        -2,
        "annoy annoyed annoying annoyance apologies apologize argh arghh ashamed awkward bad badly bloody bogus brain complaint crap crappy \
         crazy cry crying damn darn desperate despair disappointed disappointing disappointment disaster dislike dumb embarrassed \
         embarrassing fear fed frustrated frustrating frustration fool foolish garbage grr hurt hurts idiotic ignorant \
         insane joke mad madness miserable nasty nightmare nonsense pain painful pathetic pissed rant ridiculous rude sad sadness screwed \
         shame shitty sick silly stupid suck sucked sucks sucky suffer suffering terribly ugh upset useless waste wasted wasting \
         worse worthless",
    ),
    (
        -3,
        "abysmal angry anger appalling atrocious awful awfully bastard bitch bullshit catastrophe catastrophic damned despicable disgrace \
         disgusted disgusting dreadful evil fuck fucked fucking furious hate hated hates hating hatred horrendous horrible horribly \
         horrid idiot idiots infuriating insult insulting loathe moron morons outrage outrageous piss retarded shit terrible \
         trash unacceptable unbearable vile worst",
    ),
];

static VALENCE: LazyLock<BTreeMap<&'static str, i8>> = LazyLock::new(|| {
    WORDS.iter().flat_map(|(valence, words)| words.split_whitespace().map(|word| (word, *valence))).collect()
});

/// A lower-case word's valence, −3 to 3; 0 for one that is not known.
#[must_use]
pub fn valence(word: &str) -> i8 {
    VALENCE.get(word).copied().unwrap_or(0)
}

/// What a word does to the valence of the next ones: times 1.5 for those that strengthen, half for those that weaken.
#[must_use]
pub fn strength(word: &str) -> f64 {
    match word {
        "very" | "really" | "so" | "extremely" | "super" | "totally" | "absolutely" | "incredibly"
        | "damn" | "too" | "completely" | "utterly" | "highly" | "deeply" => 1.5,
        "slightly" | "somewhat" | "bit" | "little" | "kinda" | "rather" | "fairly" | "quite" => 0.5,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::{WORDS, valence};

    #[test]
    fn a_word_has_one_valence() {
        let mut all: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.split_whitespace()).collect();
        all.sort_unstable();
        let twice: Vec<&&str> =
            all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert_eq!((valence("awful"), valence("bug")), (-3, 0));
    }
}
