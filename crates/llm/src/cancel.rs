//! A wish to stop that many questions hear at once.
//!
//! Dropping a question's future ends it too; this is for those that others await. Once wished it stays.

use tokio::sync::watch;

/// Clones share the wish.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

impl Default for Cancel {
    fn default() -> Self {
        Cancel(watch::Sender::new(false))
    }
}

impl Cancel {
    /// Ends every question under way and every later one as [`crate::Ending::Cancelled`].
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was wished.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is.
    pub(crate) async fn cancelled(&self) {
        // The sender lives in `self`, so waiting ends only with the wish.
        let _ = self.0.subscribe().wait_for(|wished| *wished).await;
    }
}
