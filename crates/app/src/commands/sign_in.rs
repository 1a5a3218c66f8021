//! `upnext sign-in` and `upnext sign-out`.
//!
//! The address and the question go to standard error, so that the result can be piped. Deliberately not here: how the tokens are
//! kept and renewed (`compose/sign_in`).

use super::Call;
use crate::compose::sign_in::{NAME, Vault, app, profile};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use asana::oauth::{Error, Tokens};
use engine::SealError;
use std::io::BufRead as _;

pub(super) async fn sign_in(call: &Call<'_>) -> anyhow::Result<Exit> {
    let app = app(&call.config, call.env)?;
    let store = compose::open_store(&call.config, call.env).await?;
    // Before anybody is asked: without a key or a store nothing could be kept.
    let vault = Vault::open(&call.config, call.env, &store)?;
    let asked = asana::oauth::Profile::from(call.config.asana.profile);
    let pending = app.authorize_url(asked.scopes())?;
    eprintln!("Open this address in a browser, and let Upnext in:\n\n  {}\n", pending.url);
    eprintln!("Then paste the code that is shown, or the whole address you were sent to:");
    let code = pending.code(&typed()?)?;
    let tokens = app.exchange(&code, &pending, &pending.state, compose::now()).await?;
    vault.replace(&tokens).await?;
    tell(call, &tokens)
}

/// A line of standard input.
fn typed() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    if line.trim().is_empty() {
        let message = "no code was given, and nothing was kept: run `upnext sign-in` again";
        return Err(UsageError(message.into()).into());
    }
    Ok(line)
}

fn tell(call: &Call<'_>, tokens: &Tokens) -> anyhow::Result<Exit> {
    let (word, profile) = profile(tokens);
    let lacks: Vec<&str> = profile.lacks().iter().map(|lack| lack.what).collect();
    if call.json {
        let (user, until) = (&tokens.user, tokens.expires_at);
        show::json(&serde_json::json!({
            "name": NAME,
            "user": { "gid": user.gid, "name": user.name, "email": user.email },
            "profile": word,
            "scopes": tokens.scopes,
            "access_until": until,
            "lacks": lacks,
        }))?;
        return Ok(Exit::Ok);
    }
    say!("Signed in as {}; access is renewed by itself until `upnext sign-out`.", who(tokens));
    say!("What the profile “{word}” lacks:");
    for lack in lacks {
        say!("  – {lack}");
    }
    let before = [
        (call.env.token.is_some(), "ASANA_ACCESS_TOKEN"),
        (!call.config.asana.token_file.is_empty(), "asana.token_file"),
    ];
    for (_, other) in before.iter().filter(|(is_set, _)| *is_set) {
        say!("{other} is set and goes before this sign-in: take it away to use what you signed in to.");
    }
    Ok(Exit::Ok)
}

/// The person's name, as far as Asana told it.
pub(super) fn who(tokens: &Tokens) -> String {
    let user = &tokens.user;
    let name = user.name.clone().unwrap_or_else(|| user.gid.clone());
    user.email.as_ref().map_or_else(|| name.clone(), |email| format!("{name} ({email})"))
}

pub(super) async fn sign_out(call: &Call<'_>) -> anyhow::Result<Exit> {
    let app = app(&call.config, call.env)?;
    let store = compose::open_store(&call.config, call.env).await?;
    let vault = Vault::open(&call.config, call.env, &store)?;
    let tokens = match vault.read().await {
        Ok(Some(kept)) => Some(kept.tokens),
        Ok(None) => {
            let message = "nobody is signed in: there is nothing to give back";
            return Err(UsageError(message.into()).into());
        }
        Err(error) if error.is::<SealError>() || error.is::<Error>() => None,
        Err(error) => return Err(error),
    };
    // Given back first: what is forgotten can be given back no more.
    if let Some(tokens) = &tokens {
        app.revoke(&tokens.refresh).await?;
    }
    vault.forget().await?;
    if call.json {
        show::json(&serde_json::json!({ "name": NAME, "forgotten": true, "revoked": tokens.is_some() }))?;
        return Ok(Exit::Ok);
    }
    match &tokens {
        Some(tokens) => {
            say!("Signed out: the permission of {} is given back, and the tokens are forgotten.", who(tokens))
        }
        None => say!(
            "The tokens are forgotten. They were sealed with another key and could not be given back: take the permission away \
             in Asana, under your profile's settings, Apps."
        ),
    }
    Ok(Exit::Ok)
}
