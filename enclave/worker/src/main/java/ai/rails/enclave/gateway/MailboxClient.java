package ai.rails.enclave.gateway;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.SearchTerm;

/// Asks an IMAP server as if by requests: `SEARCH /folder?...`, `FETCH /folder/uid` and `APPEND
/// /folder` with a mail as JSON. Nothing is marked as seen. Thread-safe.
final class MailboxClient implements Wire {
  private static final int OK = 200;
  private static final int NO_LOGIN = 401;
  private static final int NOT_FOUND = 404;
  private static final int TOO_LARGE = 413;
  private static final int MOST = 50;

  private final Tunnels tunnels;
  private final InstantSource clock;

  MailboxClient(Tunnels tunnels, InstantSource clock) {
    this.tunnels = tunnels;
    this.clock = clock;
  }

  @Override
  public Answered send(Outbound request, String ticket, Duration within, long maxBody)
      throws SendFailed {
    MailboxAsk ask = MailboxAsk.of(request);
    long deadline = System.nanoTime() + within.toNanos();
    try (MailConnection connection =
        new MailConnection(tunnels, request, ticket, deadline, maxBody)) {
      return send(connection, request, ask, maxBody);
    }
  }

  private Answered send(MailConnection connection, Outbound request, MailboxAsk ask, long maxBody)
      throws SendFailed {
    try {
      Session session = connection.session("imap");
      Store store = session.getStore("imap");
      // The socket knows where it goes; a name here would be looked up outside the proxy.
      store.connect("127.0.0.1", null, null);
      try {
        return answer(session, store, request, ask, maxBody);
      } finally {
        MailConnection.leave(store);
      }
    } catch (AuthenticationFailedException _) {
      return MailClient.reply(NO_LOGIN, "");
    } catch (MessagingException | IOException e) {
      if (connection.overrun() && request.method().equals("FETCH")) {
        return MailClient.reply(TOO_LARGE, "");
      }
      throw connection.failed(e, request.method().equals("APPEND"));
    }
  }

  private Answered answer(
      Session session, Store store, Outbound request, MailboxAsk ask, long maxBody)
      throws MessagingException, IOException, SendFailed {
    Folder folder = store.getFolder(ask.folder());
    if (!folder.exists()) {
      return MailClient.reply(NOT_FOUND, "");
    }
    folder.open(request.method().equals("APPEND") ? Folder.READ_WRITE : Folder.READ_ONLY);
    return switch (request.method()) {
      case "SEARCH" -> search(folder, ask.terms());
      case "FETCH" -> fetch(folder, ask.uid(), maxBody);
      default -> append(session, folder, AnswerBody.json(request.body()));
    };
  }

  /// The newest first.
  private static Answered search(Folder folder, List<SearchTerm> terms) throws MessagingException {
    int all = folder.getMessageCount();
    Message[] found =
        terms.isEmpty()
            ? folder.getMessages(Math.max(1, all - MOST + 1), all)
            : folder.search(
                terms.size() == 1
                    ? terms.getFirst()
                    : new AndTerm(terms.toArray(SearchTerm[]::new)));
    int from = Math.max(0, found.length - MOST);
    Message[] newest = Arrays.copyOfRange(found, from, found.length);
    FetchProfile profile = new FetchProfile();
    profile.add(FetchProfile.Item.ENVELOPE);
    profile.add(FetchProfile.Item.FLAGS);
    profile.add(UIDFolder.FetchProfileItem.UID);
    folder.fetch(newest, profile);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode messages =
        body.put("total", terms.isEmpty() ? all : found.length).putArray("messages");
    for (Message each : List.of(newest).reversed()) {
      messages.add(MailRead.summary(each, ((UIDFolder) folder).getUID(each)));
    }
    return MailClient.json(OK, body);
  }

  private static Answered fetch(Folder folder, long uid, long maxBody)
      throws MessagingException, IOException {
    Message message = ((UIDFolder) folder).getMessageByUID(uid);
    if (message == null) {
      return MailClient.reply(NOT_FOUND, "");
    }
    if (message.getSize() > maxBody) {
      return MailClient.reply(TOO_LARGE, "");
    }
    return MailClient.json(OK, MailRead.whole(message, uid));
  }

  private Answered append(Session session, Folder folder, JsonNode mail)
      throws MessagingException, SendFailed {
    MailText message = MailText.of(session, mail, clock.instant());
    message.setFlag(Flags.Flag.SEEN, true);
    folder.appendMessages(new Message[] {message});
    return MailClient.reply(OK, message.getMessageID());
  }
}
