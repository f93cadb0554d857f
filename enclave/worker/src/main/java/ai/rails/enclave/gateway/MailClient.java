package ai.rails.enclave.gateway;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

import ai.rails.enclave.content.ContentJson;

/// Sends a mail by SMTP as if it were a request: the method is `SEND`, the body is the mail as
/// JSON, and the status is the server's reply. No server can be talked to without TLS. Thread-safe.
///
/// The statuses of refusals are those of RFC 5321, so that a manifest can name them.
final class MailClient implements Wire {
  static final int ACCEPTED = 250;
  private static final int NO_LOGIN = 535;

  private final Tunnels tunnels;
  private final InstantSource clock;

  MailClient(Tunnels tunnels, InstantSource clock) {
    this.tunnels = tunnels;
    this.clock = clock;
  }

  @Override
  public Answered send(Outbound request, String ticket, Duration within, long maxBody)
      throws SendFailed {
    JsonNode mail = AnswerBody.json(request.body());
    long deadline = System.nanoTime() + within.toNanos();
    try (MailConnection connection =
        new MailConnection(tunnels, request, ticket, deadline, maxBody)) {
      return send(connection, mail);
    }
  }

  private Answered send(MailConnection connection, JsonNode mail) throws SendFailed {
    try {
      Session session = connection.session("smtp");
      MailText message = MailText.of(session, mail, clock.instant());
      Transport transport = connected(session);
      try {
        return deliver(connection, transport, message);
      } finally {
        MailConnection.leave(transport);
      }
    } catch (AuthenticationFailedException _) {
      return reply(NO_LOGIN, "");
    } catch (MessagingException e) {
      throw connection.failed(e, false);
    }
  }

  private static Transport connected(Session session) throws MessagingException {
    Transport transport = session.getTransport("smtp");
    // The socket knows where it goes; a name here would be looked up outside the proxy.
    transport.connect("127.0.0.1", null, null);
    return transport;
  }

  /// From here on the other side may have the mail.
  private static Answered deliver(MailConnection connection, Transport transport, MailText message)
      throws SendFailed {
    try {
      transport.sendMessage(message, message.getAllRecipients());
      return reply(ACCEPTED, message.getMessageID());
    } catch (MessagingException e) {
      int code = refusal(e);
      if (code > 0) {
        return reply(code, "");
      }
      throw connection.failed(e, true);
    }
  }

  /// A reply that says no, to the mail or to a recipient, or 0.
  private static int refusal(Exception e) {
    int code = 0;
    for (Exception each = e; each != null && code <= 0; ) {
      code =
          switch (each) {
            case SMTPAddressFailedException address -> address.getReturnCode();
            case SMTPSendFailedException send -> send.getReturnCode();
            default -> 0;
          };
      each = each instanceof MessagingException nested ? nested.getNextException() : null;
    }
    return code >= 400 && code < 600 ? code : 0;
  }

  /// @param sent whether the mail may have reached the other side
  static SendFailed failed(MessagingException e, boolean sent) {
    for (Exception each = e; each != null; ) {
      if (each instanceof TunnelSocket.Refused refused) {
        return refused.reason();
      }
      if (!sent && Tunnels.isUntrusted(each)) {
        return new SendFailed("TLS_UNTRUSTED", false, false, each);
      }
      each = each instanceof MessagingException nested ? nested.getNextException() : null;
    }
    boolean byServer = e.getNextException() == null;
    return byServer && !sent
        ? new SendFailed("TLS_FAILED", false, false, e)
        : new SendFailed("CONNECTION_LOST", sent, true, e);
  }

  static Answered reply(int status, String messageId) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("reply", status);
    if (messageId != null && !messageId.isEmpty()) {
      body.put("messageId", messageId);
    }
    return json(status, body);
  }

  static Answered json(int status, JsonNode body) {
    try {
      return new Answered(
          status,
          Map.of("content-type", "application/json"),
          ContentJson.MAPPER.writeValueAsBytes(body));
    } catch (IOException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
