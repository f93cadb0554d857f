package ai.rails.connector;

/// What is spoken at a place. Whatever it is, it is spoken over TLS: an SMTP or IMAP server on the
/// port for it from the first byte, on another port after STARTTLS and not without.
public enum Protocol {
  HTTPS,
  SMTP,
  IMAP
}
