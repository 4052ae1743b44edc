//! How a message looks to people: the sentence, then its values; a level only where it matters.

use std::fmt;

use tracing::{Event, Level, Subscriber, field::Field, field::Visit};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// The name under which `tracing` keeps the sentence.
const SENTENCE: &str = "message";

/// Messages for people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForPeople;

impl<S, N> FormatEvent<S, N> for ForPeople
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = event.metadata().level();
        let word = match *level {
            Level::ERROR => "error: ",
            Level::WARN => "warning: ",
            Level::INFO => "",
            _ => "debug: ",
        };
        if writer.has_ansi_escapes() && *level <= Level::WARN {
            let colour = if *level == Level::ERROR { 31 } else { 33 };
            write!(writer, "\u{1b}[{colour}m{word}\u{1b}[0m")?;
        } else {
            writer.write_str(word)?;
        }
        let mut parts = Parts::default();
        event.record(&mut parts);
        writer.write_str(&parts.sentence)?;
        if !parts.values.is_empty() {
            write!(writer, " ({})", parts.values.join(", "))?;
        }
        writeln!(writer)
    }
}

/// The sentence of a message and its values.
#[derive(Default)]
struct Parts {
    sentence: String,
    values: Vec<String>,
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

impl Parts {
    fn take(&mut self, field: &Field, value: String) {
        match field.name() {
            SENTENCE => self.sentence = value,
            // What the `log` crate adds about its own place.
            name if name.starts_with("log.") => {}
            name => self.values.push(format!("{name} {value}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_message_is_a_sentence_with_its_values() {
        let memory = Memory::default();
        let writer = memory.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .event_format(ForPeople);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("step", name = "plain").entered();
            tracing::info!(rows = 3, part = "test", "data are ready");
            tracing::warn!("column `x` is empty");
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            text,
            "data are ready (rows 3, part test)\nwarning: column `x` is empty\n"
        );
    }
}
