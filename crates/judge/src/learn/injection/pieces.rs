//! Signs that are pieces of text instead of words in an order.
//!
//! Deliberately not here: cues of words.

use super::cues::Sign;

/// Pieces of text that end or begin a part of a conversation with a model, or imitate an answer; lower-case.
pub const PIECES: &[(Sign, f64, &str)] = &[
    (Sign::Role, 0.9, "<|im_"),
    (Sign::Role, 0.9, "<|system|>"),
    (Sign::Role, 0.9, "<|endoftext|>"),
    (Sign::Role, 0.8, "[/inst]"),
    (Sign::Role, 0.9, "<<sys>>"),
    (Sign::Role, 0.9, "[system_prompt]"),
    (Sign::Role, 0.8, "### instruction"),
    (Sign::Role, 0.8, "###instruction"),
    (Sign::Role, 0.6, "### response"),
    (Sign::Role, 0.7, "<thinking>"),
    (Sign::Role, 0.7, "untrusted content"),
    (Sign::Role, 0.7, "%%%end "),
    (Sign::Role, 0.6, "\nassistant:"),
    (Sign::Form, 0.6, "\"impact\":1"),
    (Sign::Form, 0.6, "\"impact\": 1"),
    (Sign::Form, 0.6, "\\\"impact\\\":"),
    (Sign::Form, 0.7, "priority_override"),
    (Sign::Form, 0.6, "\"score\":10"),
    (Sign::Form, 0.6, "impact=10"),
];

/// Pairs for languages written without spaces or whose verb comes last: both within [`PAIR_REACH`] letters, in any order.
pub const PAIRS: &[(Sign, f64, &str, &str)] = &[
    (Sign::Override, 0.8, "忽略", "指令"),
    (Sign::Override, 0.8, "忽略", "标准"),
    (Sign::Override, 0.8, "忽略", "提示"),
    (Sign::Override, 0.8, "無視", "指示"),
    (Sign::Override, 0.8, "無視", "基準"),
    (Sign::Override, 0.8, "무시", "기준"),
    (Sign::Override, 0.8, "무시", "지시"),
    (Sign::Override, 0.8, "تجاهل", "التعليمات"),
    (Sign::Override, 0.8, "تجاهل", "معايير"),
    (Sign::Override, 0.8, "निर्देश", "भूल"),
    (Sign::Override, 0.8, "निर्देश", "अनदेखा"),
    (Sign::Override, 0.8, "เพิกเฉย", "คำสั่ง"),
    (Sign::Override, 0.8, "ละเว้น", "เกณฑ์"),
    (Sign::Override, 0.8, "เกณฑ์", "ไม่สนใจ"),
    (Sign::Override, 0.8, "เกณฑ์", "ไม่ต้องสนใจ"),
    (Sign::Score, 0.6, "影响", "10"),
    (Sign::Score, 0.6, "最高", "优先"),
    (Sign::Score, 0.6, "점수", "최고"),
];
/// Letters between the two of a pair.
pub const PAIR_REACH: usize = 30;
