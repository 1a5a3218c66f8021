//! From an HTTP request to an answer: route, faults, token, limits, work, projection, envelope.
//!
//! One handler for every path. An unknown route or wrong method is 404 even without a token, as in real Asana.
//! The world is locked only while the work is done, never across a delay.

use crate::access;
use crate::body::{self, Body};
use crate::call::{Answer, Call, Query, Route, check_long};
use crate::control;
use crate::delivery;
use crate::error::Failure;
use crate::export_file;
use crate::faults::Ending;
use crate::incoming::{Incoming, base_of};
use crate::limits::{self, Flight};
use crate::node::{Reader, View};
use crate::oauth;
use crate::oidc;
use crate::page;
use crate::paginate::{self, Page};
use crate::project::{Fields, pick, record};
use crate::reply;
pub(crate) use crate::reply::{Handshake, Reply};
use crate::resources::{self, shape_of};
use crate::scopes;
use crate::server::{Server, Shared};
use crate::upload::{self, Parts};
use crate::watch;
use crate::world::{Actor, Principal, Token, World};
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Map, Value};

/// Path prefix of the API.
pub(crate) const PREFIX: &str = "/api/1.0";
/// Attachments may have 100 MB; the envelope around them is small.
const MOST_BODY_BYTES: usize = 110 * 1024 * 1024;

/// Answers every request.
pub(crate) async fn handle(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BODY_BYTES).await else {
        return Reply::from(Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The request body could not be read or is larger than 100 MB",
        ))
        .into_response();
    };
    let path = parts.uri.path();
    if let Some(verb) = path.strip_prefix("/_sandbox/") {
        let reply = control::answer(&mut shared.lock(), &parts.method, verb, &bytes);
        shared.wake();
        return reply.into_response();
    }
    let query = parts.uri.query().unwrap_or_default();
    let base = base_of(&parts.headers);
    let asking = oauth::Asking { method: &parts.method, path, query, bytes: &bytes, base: &base };
    if let Some(answer) = oauth::answer(&mut shared.lock(), &asking) {
        return answer;
    }
    if let Some(gid) = path.strip_prefix(upload::DOWNLOADS) {
        return upload::answer(&shared, (path, gid, query)).await;
    }
    if let Some(page) = page::answer(&shared, &parts, &bytes) {
        return page;
    }
    if let Some(gid) = path.strip_prefix(export_file::EXPORTS) {
        return export_file::download(&shared.lock().world, gid, query);
    }
    let Some(path) = path.strip_prefix(PREFIX).map(str::to_owned) else {
        return Reply::from(Failure::no_route()).into_response();
    };
    let incoming =
        Incoming { raw_query: query.to_owned(), method: parts.method, path, headers: parts.headers, bytes };
    if let Some(reply) = identity(&shared.lock(), &incoming) {
        return reply.into_response();
    }
    let parts = match upload::read(&incoming).await {
        Ok(parts) => parts,
        Err(failure) => return Reply::from(failure).into_response(),
    };
    let response = serve_call(&shared, &incoming, parts).await;
    dated(response, shared.lock().world.now())
}

/// OpenID Connect below the API's own prefix; its bodies have no envelope.
fn identity(server: &Server, incoming: &Incoming) -> Option<Reply> {
    let body = match incoming.path.as_str() {
        "/.well-known/openid-configuration" => oidc::discovery(&incoming.base()),
        "/openid_connect/keys" => oidc::keys(),
        "/openid_connect/userinfo" => {
            let token = server.token_of(incoming).ok_or_else(Failure::unauthorized);
            let known = token.and_then(|token| server.unexpired(token));
            match known.and_then(|token| oidc::user_info(&server.world, &token)) {
                Ok(info) => info,
                Err(failure) => return Some(failure.into()),
            }
        }
        _ => return None,
    };
    Some(Reply { body, ..Reply::default() })
}

/// Stamps an answer with the world's clock, not the machine's: clients may compare it with `modified_at`.
fn dated(mut response: Response, now: jiff::Timestamp) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok();
    if let Some(value) = date.and_then(|date| HeaderValue::from_str(&date).ok()) {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}

async fn serve_call(shared: &Shared, incoming: &Incoming, parts: Option<Parts>) -> Response {
    let Some((route, params)) = resources::find(&incoming.method, &incoming.path) else {
        let reply = Reply::from(Failure::no_route());
        shared.lock().log(incoming, None, None, reply.status.as_u16());
        return reply.into_response();
    };
    let injected = shared.lock().draw_fault(incoming);
    let flight = Flight::enter(shared, incoming.token(), incoming.is_read(), incoming.weight());
    if let Some(delay) = injected.latency {
        tokio::time::sleep(delay).await;
    }
    let Some((mut reply, user)) = worked(shared, incoming, (route, params, parts), injected.ending, &flight)
    else {
        return cut_connection();
    };
    for Handshake { hook, call, slot } in std::mem::take(&mut reply.handshakes) {
        let made = delivery::establish(shared, &call, *hook).await;
        match slot {
            None => reply = made,
            Some((at, fields)) => reply.body["data"][at] = pick(&resources::batch_row(&made), &fields),
        }
    }
    shared.lock().log(incoming, Some(route), user, reply.status.as_u16());
    drop(flight);
    reply.into_response()
}

/// What a call with this fate answers, and who made it; none is a connection that ends without an answer.
fn worked(
    shared: &Shared,
    incoming: &Incoming,
    (route, params, parts): (&'static Route, Vec<(&'static str, String)>, Option<Parts>),
    ending: Option<Ending>,
    flight: &Result<Flight, Failure>,
) -> Option<(Reply, Option<String>)> {
    let mut server = shared.lock();
    let token = server.token_of(incoming);
    let user = token.as_ref().map(|token| token.user.clone());
    let reply = match (ending, flight) {
        (Some(Ending::Drop), _) => {
            // No status was ever sent; the log says 0.
            server.log(incoming, Some(route), user, 0);
            return None;
        }
        (Some(Ending::Fail(failure)), _) => Reply::from(failure),
        (_, Err(failure)) => {
            // Refused for too many in flight, and counted against the minute all the same.
            let spent = server.admit(incoming, token);
            Reply::from(spent.err().unwrap_or_else(|| failure.clone()))
        }
        (ending, Ok(_)) => {
            let reply = server
                .admit(incoming, token)
                .and_then(|actor| server.work((route, params, parts), incoming, actor));
            match (reply, ending) {
                (Ok(_), Some(Ending::FailAfterwards(failure))) => Reply::from(failure),
                (Ok(reply), _) => reply,
                (Err(failure), _) => Reply::from(failure),
            }
        }
    };
    if let Some(token) = incoming.token() {
        let (now, per_minute) = (server.world.now(), server.cost_per_minute());
        server.limits.charge(token, now, per_minute, &reply.body);
    }
    server.publish();
    drop(server);
    shared.wake();
    Some((reply, user))
}

/// Ends the connection in the middle of an answer: the client sees a transport error.
pub(crate) fn cut_connection() -> Response {
    let broken = futures_util::stream::once(std::future::ready(Err::<axum::body::Bytes, std::io::Error>(
        std::io::ErrorKind::ConnectionReset.into(),
    )));
    Response::new(HttpBody::from_stream(broken))
}

impl Server {
    fn draw_fault(&mut self, incoming: &Incoming) -> crate::faults::Injected {
        let path = format!("{}?{}", incoming.path, incoming.raw_query);
        self.faults.draw(&incoming.method, path.trim_end_matches('?'))
    }

    /// What the token stands for, unless it is revoked.
    fn token_of(&self, incoming: &Incoming) -> Option<Token> {
        let token = incoming.token()?;
        if self.faults.is_revoked(token) {
            return None;
        }
        self.world.tokens.get(token).cloned()
    }

    /// Refuses a token whose time is over.
    fn unexpired(&self, token: Token) -> Result<Token, Failure> {
        if token.expires_at.is_none_or(|at| at > self.world.now()) {
            return Ok(token);
        }
        Err(Failure::new(
            StatusCode::UNAUTHORIZED,
            "The bearer token has expired. If you have a refresh token, please use it to request a new bearer \
             token, otherwise allow the user to re-authenticate.",
        ))
    }

    /// The budget of the cost limiter.
    fn cost_per_minute(&self) -> u32 {
        self.faults.faults.cost_per_minute.unwrap_or_else(|| limits::cost_per_minute(self.plan()))
    }

    /// Checks the token and the request budget.
    fn admit(&mut self, incoming: &Incoming, known: Option<Token>) -> Result<Actor, Failure> {
        let (Some(token), Some(known)) = (incoming.token(), known) else {
            return Err(Failure::unauthorized());
        };
        let known = self.unexpired(known)?;
        let now = self.world.now();
        let plan = self.plan();
        self.limits.spend(token, plan, now, incoming.weight(), incoming.searches())?;
        let per_minute = self.cost_per_minute();
        self.limits.afford(token, now, per_minute)?;
        Ok(Actor {
            user: known.user,
            source: incoming.source().into(),
            app: known.app,
            is_service_account: known.principal == Principal::ServiceAccount,
            scopes: known.scopes,
        })
    }

    /// Does a call of an actor who may make it.
    pub(crate) fn work(
        &mut self,
        (route, params, parts): (&'static Route, Vec<(&'static str, String)>, Option<Parts>),
        incoming: &Incoming,
        actor: Actor,
    ) -> Result<Reply, Failure> {
        check_params(&params)?;
        let body = if incoming.is_read() {
            Body::default()
        } else {
            body::read(incoming.content_type(), &incoming.bytes)?
        };
        let mut query: Query = form_urlencoded::parse(incoming.raw_query.as_bytes()).into_owned().collect();
        query.extend(body.options);
        let (data, file) = parts.map_or((body.data, None), |parts| (parts.data, parts.file));
        self.world.plan = self.plan();
        self.world.search_lag_seconds = self.faults.faults.search_lag_seconds;
        self.world.event_delay_seconds = self.faults.faults.event_delay_seconds;
        self.world.merge_stories_seconds = self.faults.faults.merge_stories_seconds;
        self.world.pass_midnight();
        let call = Call {
            params,
            fields: asked(&query),
            query,
            data,
            file,
            actor,
            path: incoming.path.clone(),
            base: incoming.base(),
            in_batch: false,
        };
        answer(&mut self.world, route, &call)
    }

    /// Notes a call and its answer.
    pub(crate) fn log(
        &mut self,
        incoming: &Incoming,
        route: Option<&Route>,
        user: Option<String>,
        status: u16,
    ) {
        self.journal.note(crate::journal::Entry {
            method: incoming.method.to_string(),
            path: incoming.target(),
            route: route.map(|route| route.pattern),
            status,
            user,
            source: incoming.source(),
            at: crate::clock::stamp(self.world.now()),
            body: crate::journal::kept_body(&incoming.bytes),
        });
    }
}

/// Every `{name}` of a path is a number, but users may be `me` or an address and generated ids are words.
pub(crate) fn check_params(params: &[(&'static str, String)]) -> Result<(), Failure> {
    params
        .iter()
        .filter(|(name, _)| !matches!(*name, "user" | "custom_id"))
        .try_for_each(|(name, value)| check_long(name, value))
}

/// The `opt_fields` of a call.
pub(crate) fn asked(query: &Query) -> Fields {
    let named: Vec<&str> =
        query.iter().filter(|(name, _)| name == "opt_fields").map(|(_, value)| value.as_str()).collect();
    Fields::parse(&named.join(","))
}

/// Runs a route and wraps what it answers.
pub(crate) fn answer(world: &mut World, route: &Route, call: &Call) -> Result<Reply, Failure> {
    if let Some(scopes) = &call.actor.scopes {
        scopes::check(scopes, route)?;
    }
    access::check(world, route, call)?;
    let before = watch::before(world, route, call);
    let published = watch::deleting(world, route, call, &before);
    let answer = match (route.handler)(world, call) {
        Ok(answer) => answer,
        Err(failure) => {
            world.outbox.truncate(published);
            return Err(failure);
        }
    };
    watch::after(world, call, before, &answer);
    let mut body = Map::new();
    let mut reply = Reply::default();
    match answer {
        Answer::Data(data) => {
            body.insert("data".to_owned(), data);
        }
        Answer::Body(whole) => body = whole,
        Answer::Handshake(hook) => {
            reply.handshakes.push(Handshake { hook, call: Box::new(call.clone()), slot: None });
        }
        Answer::Batch(replies) => reply::batch(call, replies, (&mut reply, &mut body)),
        Answer::Whole { rows, view } => {
            let page = Page { rows: access::seen(world, call, rows), next_page: None };
            show(world, call, (page, view), &mut body);
        }
        Answer::Object { at, view, status } => {
            reply.status = status;
            if status == StatusCode::CREATED {
                reply.location = Some(location(&at));
            }
            let reader = reader(world, call);
            body.insert("data".to_owned(), record(&reader, &at, &call.fields, view));
        }
        Answer::List { rows, view } => {
            let page = paginate::page(world, call, access::seen(world, call, rows))?;
            show(world, call, (page, view), &mut body);
        }
        Answer::Page(page) => show(world, call, (page, View::Compact), &mut body),
    }
    reply.body = Value::Object(body);
    reply.asana_change = asana_change(route, call);
    reply.is_pretty = call.query.iter().any(|(name, value)| name == "opt_pretty" && value != "false");
    Ok(reply)
}

/// Documented: projects are going to have no team, and writing one says so. Guess: the name of the change.
fn asana_change(route: &Route, call: &Call) -> Option<&'static str> {
    let private_to_team = call.data.get("privacy_setting").and_then(Value::as_str) == Some("private_to_team");
    let is_write = route.method != axum::http::Method::GET && call.path.contains("/projects");
    (is_write && (call.has("team") || private_to_team))
        .then_some("name=teamless_projects;info=https://forum.asana.com/t/929205;affected=true")
}

/// Puts a page of a list into a body.
fn show(world: &World, call: &Call, (page, view): (Page, View), body: &mut Map<String, Value>) {
    let reader = reader(world, call);
    let data = page.rows.iter().map(|row| record(&reader, row, &call.fields, view)).collect();
    body.insert("data".to_owned(), data);
    if let Some(next_page) = page.next_page {
        body.insert("next_page".to_owned(), next_page);
    }
}

pub(crate) fn reader<'a>(world: &'a World, call: &'a Call) -> Reader<'a> {
    Reader { world, user: &call.actor.user, scopes: call.actor.scopes.as_deref(), view: None }
}

/// `/api/1.0/tasks/123`.
fn location(at: &crate::node::Ref) -> String {
    let name = shape_of(at.kind).name;
    let plural = match name.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if name.ends_with('s') => format!("{name}es"),
        None => format!("{name}s"),
    };
    format!("{PREFIX}/{plural}/{}", at.gid)
}
