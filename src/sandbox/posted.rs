//! What the hosted page has posted of one session.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::event::BrowserEvent;

/// How many messages there are. The flow posts none of them twice.
const MOST: usize = 15;

/// The messages of one session, in order. They have their room in the session, as most of a hundred thousand have few.
#[derive(Clone, Copy)]
pub(super) struct Posted {
    messages: [BrowserEvent; MOST],
    count: u8,
}

impl Posted {
    pub(super) fn none() -> Self {
        Self {
            messages: [BrowserEvent::AppMounted; MOST],
            count: 0,
        }
    }

    pub(super) fn push(&mut self, message: BrowserEvent) {
        if let Some(free) = self.messages.get_mut(usize::from(self.count)) {
            *free = message;
            self.count += 1;
        }
    }

    pub(super) fn all(&self) -> &[BrowserEvent] {
        self.messages
            .get(..usize::from(self.count))
            .unwrap_or_default()
    }
}

/// A list.
impl Serialize for Posted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Posted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let messages = Vec::<BrowserEvent>::deserialize(deserializer)?;
        if messages.len() > MOST {
            return Err(de::Error::invalid_length(
                messages.len(),
                &"15 messages at most",
            ));
        }
        let mut posted = Self::none();
        for message in messages {
            posted.push(message);
        }
        Ok(posted)
    }
}

impl fmt::Debug for Posted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_every_message_once() {
        let all = [
            BrowserEvent::AppMounted,
            BrowserEvent::ConsentDisabled,
            BrowserEvent::InstitutionSelected,
            BrowserEvent::SubmitCredential,
            BrowserEvent::SubmitMfa,
            BrowserEvent::AccountSelected,
            BrowserEvent::ComponentDepositContinue,
            BrowserEvent::GuaranteeOffered,
            BrowserEvent::ComponentPadDownloaded,
            BrowserEvent::Success,
            BrowserEvent::GuaranteeFailed,
            BrowserEvent::ComponentPadWarningScreenExit,
            BrowserEvent::ComponentOtherFundingOptionsSelected,
            BrowserEvent::ComponentNboReturnToClientSelected,
        ];
        let mut posted = Posted::none();
        for message in all {
            posted.push(message);
        }
        assert_eq!(posted.all(), all);
    }
}
