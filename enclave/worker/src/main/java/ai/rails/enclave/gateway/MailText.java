package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.mail.Address;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

/// A mail under a Message-ID that the call chose, made out of `{from, to: [], cc: [], subject,
/// text, messageId, inReplyTo, references}`.
final class MailText extends MimeMessage {
  private final String id;

  private MailText(Session session, String id) {
    super(session);
    this.id = id;
  }

  /// @throws SendFailed if an address or a header is none
  static MailText of(Session session, JsonNode mail, Instant at) throws SendFailed {
    try {
      MailText message = new MailText(session, header(mail.path("messageId").asText()));
      message.setFrom(address(mail.path("from").asText()));
      message.setRecipients(RecipientType.TO, addresses(mail.path("to")));
      message.setRecipients(RecipientType.CC, addresses(mail.path("cc")));
      message.setSubject(header(mail.path("subject").asText()), "UTF-8");
      message.setSentDate(Date.from(at));
      String parent = header(mail.path("inReplyTo").asText());
      if (!parent.isEmpty()) {
        message.setHeader("In-Reply-To", parent);
        message.setHeader(
            "References", (header(mail.path("references").asText()) + " " + parent).strip());
      }
      message.setText(mail.path("text").asText(), StandardCharsets.UTF_8.name());
      message.saveChanges();
      return message;
    } catch (MessagingException | IllegalArgumentException _) {
      throw new SendFailed("REQUEST_INVALID", false);
    }
  }

  @Override
  protected void updateMessageID() throws MessagingException {
    setHeader("Message-ID", id);
  }

  private static Address[] addresses(JsonNode list) throws MessagingException {
    List<Address> all = new ArrayList<>();
    for (JsonNode each : list) {
      all.add(address(each.asText()));
    }
    return all.toArray(Address[]::new);
  }

  private static InternetAddress address(String text) throws MessagingException {
    InternetAddress address = new InternetAddress(header(text), true);
    address.validate();
    return address;
  }

  /// A line, which no text can end.
  private static String header(String text) {
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("a header is one line");
    }
    return text;
  }
}
