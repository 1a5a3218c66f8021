//! Ceilings, held before anything is sent.

use crate::server::Server;
use crate::shapes::{GOOD, Of, prompt, question};
use llm::{Budget, Ceiling, Ending, Money, Size};

fn tokens(most: u64) -> Budget {
    Budget::new(Ceiling { tokens: Some(most), money: None })
}

fn money(most: f64) -> Budget {
    Budget::new(Ceiling { tokens: None, money: Some(Money::from_dollars(most)) })
}

#[tokio::test]
async fn a_spent_budget_sends_nothing_not_even_a_probe() {
    for of in crate::shapes::ALL {
        for budget in [tokens(0), money(0.0)] {
            let server = Server::start(vec![of.says(GOOD)]).await;
            let client = llm::Client::new(&of.settings(&server), None).unwrap().with_budget(budget);
            let prompt = prompt();
            let failed = client.ask(&question(&prompt)).await.unwrap_err();
            assert_eq!(failed.ending, Ending::BudgetSpent);
            assert!(failed.ending.ends_the_run());
            assert_eq!((failed.spent.requests, failed.spent.cost), (0, Some(Money::default())));
            assert!(server.got().is_empty());
        }
    }
}

#[tokio::test]
async fn a_run_ends_at_its_ceiling_with_what_the_provider_counted() {
    let server = Server::start(vec![Of::Responses.says(GOOD)]).await;
    // Room for two answers of 1,240 tokens, and for a reservation of a little more than a third.
    let client = Of::Responses.client(&Of::Responses.settings(&server)).with_budget(tokens(4_600));
    let prompt = prompt();
    let mut answered = 0;
    let ended = loop {
        match client.ask(&question(&prompt)).await {
            Ok(_) => answered += 1,
            Err(failed) => break failed.ending,
        }
    };
    assert_eq!(ended, Ending::BudgetSpent);
    assert_eq!(client.budget().tokens(), answered * 1_240);
    assert!((1..=3).contains(&answered), "{answered}");
    assert_eq!(server.got().len() as u64, answered);
}

#[tokio::test]
async fn questions_together_do_not_pass_the_ceiling() {
    let server = Server::start(vec![Of::Chat.says(GOOD)]).await;
    let client = Of::Chat.client(&Of::Chat.settings(&server)).with_budget(money(0.03));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        asking.spawn(async move {
            let prompt = prompt();
            client.ask(&question(&prompt)).await.is_ok()
        });
    }
    let mut answered = 0;
    while let Some(done) = asking.join_next().await {
        answered += u64::from(done.unwrap());
    }
    assert!(answered > 0 && answered < 30, "{answered}");
    assert!(client.budget().money() <= Money::from_dollars(0.03));
}

#[tokio::test]
async fn a_ceiling_in_money_needs_a_price() {
    let server = Server::start(vec![Of::Chat.says(GOOD)]).await;
    let client = Of::Chat.client(&Of::Chat.settings(&server)).with_budget(money(1.0));
    let prompt = prompt();
    let failed = client.ask(&question(&prompt).size(Size::Large)).await.unwrap_err();
    assert_eq!(failed.ending, Ending::NoPrice("large-1".to_owned()));
    assert!(server.got().is_empty());
    assert!(client.ask(&question(&prompt)).await.is_ok());
}

#[test]
fn money_is_shown_so_that_it_differs_from_nothing() {
    for (dollars, shown) in [(0.0, "$0.00"), (12.4, "$12.40"), (0.0018, "$0.0018"), (0.000_012, "$0.000012")]
    {
        assert_eq!(Money::from_dollars(dollars).to_string(), shown);
    }
    assert_eq!(Money::from_dollars(f64::NAN), Money::default());
    assert_eq!(Money::from_dollars(-1.0), Money::default());
}
