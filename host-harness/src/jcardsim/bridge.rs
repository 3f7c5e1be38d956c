//! The bridge process and its control channel: lines over a socket pair that is the process's standard input and
//! output. When this side goes away, however it ends, the bridge reads the end of its input and ends too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::JcardsimError;

/// How long a start, an installation or an orderly end may take.
const CONTROL_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(2);
const STOP_POLL: Duration = Duration::from_millis(2);
/// Longest piece of the log that goes into an error message, in octets.
const LOG_TAIL: u64 = 2000;

/// A running bridge, or a supervisor around one.
#[derive(Debug)]
pub(super) struct Bridge {
    process: Child,
    control: BufReader<UnixStream>,
    log: File,
    /// The port from which the bridge speaks to its reader: proves that a connection is the bridge's.
    pub(super) local_port: u16,
}

impl Bridge {
    /// Starts `command` with the control channel as its standard output, and as its standard input unless `input`
    /// is given, and waits until its card has a reader.
    pub(super) fn start(mut command: Command, input: Option<OwnedFd>) -> Result<Self, JcardsimError> {
        let start = |error| JcardsimError::Start(error);
        let (ours, theirs) = UnixStream::pair().map_err(start)?;
        ours.set_read_timeout(Some(CONTROL_LIMIT)).map_err(start)?;
        let input = match input {
            Some(input) => input,
            None => theirs.try_clone().map_err(start)?.into(),
        };
        let log = tempfile::tempfile().map_err(start)?;
        // A group of its own: an interrupt from the keyboard is for us, and the whole group can be ended at once.
        let process = command
            .process_group(0)
            .stdin(Stdio::from(input))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(log.try_clone().map_err(start)?)
            .spawn()
            .map_err(|error| JcardsimError::io("run", command.get_program().as_ref(), error))?;
        // The parent's copy of the other end closes here; else the end of the process would go unnoticed.
        drop(command);
        let mut bridge = Self {
            process,
            control: BufReader::new(ours),
            log,
            local_port: 0,
        };
        bridge.local_port = bridge.wait_for_reader()?;
        Ok(bridge)
    }

    /// Sends one control line, waits for `ok`, and gives what stands behind it.
    pub(super) fn request(&mut self, line: &str) -> Result<String, JcardsimError> {
        let line = Zeroizing::new(format!("{line}\n"));
        let sent = self.control.get_mut().write_all(line.as_bytes());
        let mut answer = match sent.and_then(|()| self.read_line()) {
            Ok(answer) => answer,
            Err(error) => return Err(self.lost(&error)),
        };
        match answer.strip_prefix("error ") {
            None if answer == "ok" => Ok(String::new()),
            None if answer.starts_with("ok ") => Ok(answer.split_off("ok ".len())),
            None => Err(JcardsimError::Refused {
                text: format!("unexpected answer {answer:?}"),
                log: self.log_tail(),
            }),
            Some(text) => Err(JcardsimError::Refused {
                text: text.to_owned(),
                log: self.log_tail(),
            }),
        }
    }

    /// The process that was started; the others are in its process group.
    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    fn wait_for_reader(&mut self) -> Result<u16, JcardsimError> {
        let line = match self.read_line() {
            Ok(line) => line,
            Err(error) => return Err(self.lost(&error)),
        };
        line.strip_prefix("connected ")
            .and_then(|port| port.parse().ok())
            .ok_or_else(|| {
                let text = line.strip_prefix("error ").unwrap_or(&line).to_owned();
                JcardsimError::Refused {
                    text,
                    log: self.log_tail(),
                }
            })
    }

    fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.control.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn lost(&mut self, error: &io::Error) -> JcardsimError {
        let text = match error.kind() {
            io::ErrorKind::WouldBlock => format!("no answer within {} s", CONTROL_LIMIT.as_secs()),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => "it ended".to_owned(),
            _ => error.to_string(),
        };
        JcardsimError::Lost {
            text,
            log: self.log_tail(),
        }
    }

    fn log_tail(&mut self) -> String {
        let mut text = Vec::new();
        let length = self.log.metadata().map_or(0, |metadata| metadata.len());
        let read = self
            .log
            .seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)))
            .and_then(|_| (&self.log).take(LOG_TAIL).read_to_end(&mut text));
        match read {
            Ok(_) => String::from_utf8_lossy(&text).trim().to_owned(),
            Err(error) => format!("(its log cannot be read: {error})"),
        }
    }

    fn ended_within(&mut self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            match self.process.try_wait() {
                Ok(None) if Instant::now() < deadline => std::thread::sleep(STOP_POLL),
                Ok(None) => return false,
                Ok(Some(_)) | Err(_) => return true,
            }
        }
    }
}

/// Ends the bridge in order, by force after a time limit. Errors are of no use any more here.
impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.control.get_mut().write_all(b"quit\n");
        let _ = self.control.get_mut().shutdown(Shutdown::Both);
        if self.ended_within(STOP_LIMIT) {
            return;
        }
        // The process group was made by us, and its leader is not yet waited for, so the number is still ours.
        let group = format!("-{}", self.process_id());
        let _ = Command::new("sh")
            .args(["-c", "kill -s KILL -- \"$1\"", "sh", &group])
            .status();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
