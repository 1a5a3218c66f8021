//! Lists: page by page, always 100 at a time, until Asana says that there is no next page.
//!
//! An empty page is not the end; only a missing `next_page` is. Page tokens expire after about half an hour: `next`
//! then fails with `Error::PageExpired`, because going on would lose or repeat records; `collect_all`, which has
//! handed out nothing yet, starts over once by itself.

use std::marker::PhantomData;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::de::DeserializeOwned;

use crate::{Error, Request};

/// Records per page, the most Asana gives.
const PAGE_SIZE: u32 = 100;

/// A list that can be narrowed before it is read.
#[derive(Debug)]
#[must_use = "a list reads nothing until its pages are asked for"]
pub struct List<T> {
    request: Request,
    shape: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> List<T> {
    pub(crate) fn new(request: Request) -> Self {
        Self { request, shape: PhantomData }
    }

    /// Asks for exactly these fields, plus `gid`. Without it lists give compact records (gid and name).
    pub fn fields(mut self, fields: &[&str]) -> Self {
        self.request = self.request.fields(fields);
        self
    }

    /// Adds any other parameter of the endpoint.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.request = self.request.query(name, value);
        self
    }

    /// The pages, to be read one at a time.
    pub fn pages(self) -> Pages<T> {
        let request = self.request.query("limit", PAGE_SIZE);
        Pages { request, place: Place::Start, shape: PhantomData }
    }

    /// Every record. Starts over once if the page token expires on the way.
    ///
    /// # Errors
    /// As [`Pages::next`]; `PageExpired` only when it happened twice.
    pub async fn collect_all(self) -> Result<Vec<T>, Error> {
        self.pages().collect_all().await
    }
}

/// A list being read.
#[derive(Debug)]
pub struct Pages<T> {
    request: Request,
    place: Place,
    shape: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Place {
    Start,
    At(String),
    End,
}

impl<T: DeserializeOwned> Pages<T> {
    /// The next page, which may be empty; `None` after the last.
    ///
    /// # Errors
    /// `PageExpired` when the place is lost, else any error of a read. After an error the same page is asked again.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        let request = match &self.place {
            Place::Start => self.request.clone(),
            Place::At(offset) => self.request.clone().query("offset", offset),
            Place::End => return Ok(None),
        };
        let answer = request.send_full::<Vec<T>>().await?;
        self.place = answer.next_page.map_or(Place::End, |next| Place::At(next.offset));
        Ok(Some(answer.data))
    }

    /// Every record from the beginning, whatever was read before. Starts over once if the page token expires.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error> {
        match self.collect_once().await {
            Err(Error::PageExpired { call, .. }) => {
                tracing::debug!(%call, "page token expired, listing again from the beginning");
                self.collect_once().await
            }
            result => result,
        }
    }

    async fn collect_once(&mut self) -> Result<Vec<T>, Error> {
        self.place = Place::Start;
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// The pages as a stream; it ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Vec<T>, Error>> {
        try_unfold(self, |mut pages| async move { Ok(pages.next().await?.map(|page| (page, pages))) })
    }
}
