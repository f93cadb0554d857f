package ai.rails.enclave.gateway;

import java.io.IOException;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.Address;
import jakarta.mail.Flags;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import org.jspecify.annotations.Nullable;

/// A mail as JSON. Its text is the first plain part; of attachments only names, types and sizes are
/// told.
final class MailRead {
  private static final int LONGEST = 200_000;
  private static final int DEEPEST = 8;
  private static final int PARTS = 100;

  private final ObjectNode mail;
  private int parts;

  private MailRead(ObjectNode mail) {
    this.mail = mail;
  }

  static ObjectNode summary(Message message, long uid) throws MessagingException {
    ObjectNode mail = JsonNodeFactory.instance.objectNode().put("uid", uid);
    put(mail, "messageId", first(message.getHeader("Message-ID")));
    put(mail, "inReplyTo", first(message.getHeader("In-Reply-To")));
    put(mail, "subject", message.getSubject());
    addresses(mail.putArray("from"), message.getFrom());
    addresses(mail.putArray("to"), message.getRecipients(Message.RecipientType.TO));
    if (message.getReceivedDate() != null) {
      mail.put("received", message.getReceivedDate().toInstant().toString());
    }
    return mail.put("seen", message.isSet(Flags.Flag.SEEN));
  }

  static ObjectNode whole(Message message, long uid) throws MessagingException, IOException {
    ObjectNode mail = summary(message, uid);
    put(mail, "references", first(message.getHeader("References")));
    mail.putArray("attachments");
    new MailRead(mail).part(message, 0);
    return mail;
  }

  private void part(Part part, int depth) throws MessagingException, IOException {
    parts++;
    if (depth > DEEPEST || parts > PARTS) {
      throw new MessagingException("a mail of too many parts");
    }
    boolean attached = Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
    if (!attached && part.getContent() instanceof Multipart several) {
      for (int i = 0; i < several.getCount(); i++) {
        part(several.getBodyPart(i), depth + 1);
      }
    } else if (!attached
        && part.isMimeType("text/plain")
        && !mail.has("text")
        && part.getContent() instanceof String text) {
      mail.put("text", text.substring(0, Math.min(text.length(), LONGEST)));
    } else if (!attached
        && part.isMimeType("text/html")
        && !mail.has("html")
        && part.getContent() instanceof String html) {
      mail.put("html", html.substring(0, Math.min(html.length(), LONGEST)));
    } else {
      ObjectNode attachment = mail.withArray("attachments").addObject();
      put(attachment, "name", part.getFileName());
      attachment
          .put("mediaType", part.getContentType().split(";", 2)[0].strip())
          .put("bytes", part.getSize());
    }
  }

  private static void addresses(ArrayNode into, Address @Nullable [] addresses) {
    Stream.ofNullable(addresses).flatMap(Stream::of).forEach(each -> into.add(each.toString()));
  }

  private static void put(ObjectNode node, String name, @Nullable String value) {
    if (value != null) {
      node.put(name, value);
    }
  }

  private static @Nullable String first(String @Nullable [] values) {
    return values == null || values.length == 0 ? null : values[0];
  }
}
