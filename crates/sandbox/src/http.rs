//! From an HTTP request to an answer: route, faults, token, limits, work, projection, envelope.
//!
//! One handler for every path. An unknown route or wrong method is 404 even without a token, as in real Asana.
//! The world is locked only while the work is done, never across a delay.

use crate::body::{self, Body};
use crate::call::{Answer, Call, Query, Route, check_long};
use crate::control;
use crate::error::Failure;
use crate::faults::Ending;
use crate::limits::Flight;
use crate::node::Reader;
use crate::paginate;
use crate::project::{Fields, record};
use crate::resources::{self, shape_of};
use crate::server::{Server, Shared};
use crate::world::{Actor, World};
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Map, Value};

/// Path prefix of the API.
pub(crate) const PREFIX: &str = "/api/1.0";
/// Attachments may have 100 MB; the envelope around them is small.
const MOST_BODY_BYTES: usize = 110 * 1024 * 1024;

/// What goes back, before it is HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        Self {
            status: failure.status,
            location: None,
            retry_after: failure.retry_after,
            body: failure.body(),
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(HttpBody::from(self.body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        if let Some(location) = self.location.and_then(|at| HeaderValue::try_from(at).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A request as received.
struct Incoming {
    method: Method,
    /// Below the prefix.
    path: String,
    raw_query: String,
    headers: HeaderMap,
    bytes: axum::body::Bytes,
}

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
        return control::answer(&mut shared.lock(), &parts.method, verb, &bytes).into_response();
    }
    let Some(path) = path.strip_prefix(PREFIX).map(str::to_owned) else {
        return Reply::from(Failure::no_route()).into_response();
    };
    let incoming = Incoming {
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        path,
        headers: parts.headers,
        bytes,
    };
    let response = serve_call(&shared, &incoming).await;
    dated(response, shared.lock().world.now())
}

/// Stamps an answer with the world's clock, not the machine's: clients may compare it with `modified_at`.
fn dated(mut response: Response, now: jiff::Timestamp) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok();
    if let Some(value) = date.and_then(|date| HeaderValue::from_str(&date).ok()) {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}

async fn serve_call(shared: &Shared, incoming: &Incoming) -> Response {
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
    let mut server = shared.lock();
    let user = server.user_of(incoming);
    let reply = match (injected.ending, &flight) {
        (Some(Ending::Drop), _) => {
            // No status was ever sent; the log says 0.
            server.log(incoming, Some(route), user, 0);
            return cut_connection();
        }
        (Some(Ending::Fail(failure)), _) => Reply::from(failure),
        (_, Err(failure)) => {
            // Refused for too many in flight, and counted against the minute all the same.
            let spent = server.admit(incoming, user.as_deref());
            Reply::from(spent.err().unwrap_or_else(|| failure.clone()))
        }
        (ending, Ok(_)) => {
            let reply = server
                .admit(incoming, user.as_deref())
                .and_then(|actor| server.work(route, params, incoming, actor));
            match (reply, ending) {
                (Ok(_), Some(Ending::FailAfterwards(failure))) => Reply::from(failure),
                (Ok(reply), _) => reply,
                (Err(failure), _) => Reply::from(failure),
            }
        }
    };
    server.log(incoming, Some(route), user, reply.status.as_u16());
    drop(server);
    drop(flight);
    reply.into_response()
}

/// Ends the connection in the middle of an answer: the client sees a transport error.
fn cut_connection() -> Response {
    let broken = futures_util::stream::once(std::future::ready(Err::<axum::body::Bytes, std::io::Error>(
        std::io::ErrorKind::ConnectionReset.into(),
    )));
    Response::new(HttpBody::from_stream(broken))
}

impl Incoming {
    fn token(&self) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// A batch counts as many requests as it holds.
    fn weight(&self) -> u32 {
        if self.path != "/batch" {
            return 1;
        }
        let actions = serde_json::from_slice::<Value>(&self.bytes)
            .ok()
            .and_then(|body| body["data"]["actions"].as_array().map(Vec::len));
        u32::try_from(actions.unwrap_or(1)).unwrap_or(1).clamp(1, 10)
    }

    fn content_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What the log shows: path and query.
    fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    fn source(&self) -> String {
        let given = self.headers.get("x-sandbox-source");
        let word = given.and_then(|value| value.to_str().ok()).unwrap_or("api");
        match word {
            "web" | "email" | "mobile" | "unknown" => word.to_owned(),
            _ => "api".to_owned(),
        }
    }

    fn base(&self) -> String {
        let host = self.headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        format!("http://{host}{PREFIX}")
    }
}

impl Server {
    fn draw_fault(&mut self, incoming: &Incoming) -> crate::faults::Injected {
        self.faults.draw(&incoming.method, &incoming.path)
    }

    /// The user behind the token, unless the token is revoked.
    fn user_of(&self, incoming: &Incoming) -> Option<String> {
        let token = incoming.token()?;
        if self.faults.is_revoked(token) {
            return None;
        }
        self.world.tokens.get(token).cloned()
    }

    /// Checks the token and the request budget.
    fn admit(&mut self, incoming: &Incoming, user: Option<&str>) -> Result<Actor, Failure> {
        let (Some(token), Some(user)) = (incoming.token(), user) else {
            return Err(Failure::unauthorized());
        };
        let searching = incoming.path.ends_with("/search");
        let now = self.world.now();
        let plan = self.plan();
        self.limits.spend(token, plan, now, incoming.weight(), searching)?;
        Ok(Actor { user: user.to_owned(), source: incoming.source() })
    }

    fn work(
        &mut self,
        route: &'static Route,
        params: Vec<(&'static str, String)>,
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
        self.world.plan = self.plan();
        self.world.search_lag_seconds = self.faults.faults.search_lag_seconds;
        let call = Call {
            params,
            fields: asked(&query),
            query,
            data: body.data,
            actor,
            path: incoming.path.clone(),
            base: incoming.base(),
            in_batch: false,
        };
        answer(&mut self.world, route, &call)
    }

    fn log(&mut self, incoming: &Incoming, route: Option<&Route>, user: Option<String>, status: u16) {
        let at = self.world.now();
        self.journal.note(crate::journal::Entry {
            method: incoming.method.to_string(),
            path: incoming.target(),
            route: route.map(|route| route.pattern),
            status,
            user,
            at: crate::clock::stamp(at),
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
    query
        .iter()
        .find(|(name, _)| name == "opt_fields")
        .map(|(_, value)| Fields::parse(value))
        .unwrap_or_default()
}

/// Runs a route and wraps what it answers.
pub(crate) fn answer(world: &mut World, route: &Route, call: &Call) -> Result<Reply, Failure> {
    let answer = (route.handler)(world, call)?;
    let mut body = Map::new();
    let mut reply = Reply { status: StatusCode::OK, location: None, retry_after: None, body: Value::Null };
    match answer {
        Answer::Data(data) => {
            body.insert("data".to_owned(), data);
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
            let page = paginate::page(world, call, rows)?;
            let reader = reader(world, call);
            let rows = page.rows.iter();
            let data = rows.map(|row| record(&reader, row, &call.fields, view)).collect();
            body.insert("data".to_owned(), data);
            if let Some(next_page) = page.next_page {
                body.insert("next_page".to_owned(), next_page);
            }
        }
    }
    reply.body = Value::Object(body);
    Ok(reply)
}

fn reader<'a>(world: &'a World, call: &'a Call) -> Reader<'a> {
    Reader { world, user: &call.actor.user, view: None }
}

/// `/api/1.0/tasks/123`.
fn location(at: &crate::node::Ref) -> String {
    let name = shape_of(at.kind).name;
    let plural = match name.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if name.ends_with('s') => name.to_owned(),
        None => format!("{name}s"),
    };
    format!("{PREFIX}/{plural}/{}", at.gid)
}
