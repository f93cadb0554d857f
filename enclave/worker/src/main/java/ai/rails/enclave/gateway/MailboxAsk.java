package ai.rails.enclave.gateway;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.mail.Flags;
import jakarta.mail.search.ComparisonTerm;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.FromStringTerm;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.ReceivedDateTerm;
import jakarta.mail.search.SearchTerm;
import jakarta.mail.search.SubjectTerm;

/// What a mailbox is asked, read before anything is sent.
///
/// @param terms of a search; empty for all mails
/// @param uid of the mail to fetch, or 0
record MailboxAsk(String folder, List<SearchTerm> terms, long uid) {
  private static final long LAST_UID = 0xffff_ffffL;

  MailboxAsk {
    terms = List.copyOf(terms);
  }

  /// @throws SendFailed with REQUEST_INVALID for a folder, a time or a uid that is none
  static MailboxAsk of(Outbound request) throws SendFailed {
    String[] parts = request.target().split("\\?", 2);
    String[] path = parts[0].split("/", -1);
    try {
      return new MailboxAsk(
          text(path[1]),
          request.method().equals("SEARCH")
              ? terms(query(parts.length == 1 ? "" : parts[1]))
              : List.of(),
          request.method().equals("FETCH") ? uid(path) : 0);
    } catch (IllegalArgumentException | DateTimeException _) {
      throw new SendFailed("REQUEST_INVALID", false);
    }
  }

  private static long uid(String[] path) {
    long uid = path.length == 3 ? Long.parseLong(text(path[2])) : 0;
    if (uid < 1 || uid > LAST_UID) {
      throw new IllegalArgumentException("a uid is 1 to " + LAST_UID);
    }
    return uid;
  }

  private static List<SearchTerm> terms(Map<String, String> query) {
    List<SearchTerm> terms = new ArrayList<>();
    query.forEach((name, value) -> {
      if (!value.isEmpty()) {
        terms.add(
            switch (name) {
              case "message-id" -> new HeaderTerm("Message-ID", value);
              case "from" -> new FromStringTerm(value);
              case "subject" -> new SubjectTerm(value);
              case "since" ->
                  new ReceivedDateTerm(ComparisonTerm.GE, Date.from(Instant.parse(value)));
              case "unseen" -> new FlagTerm(new Flags(Flags.Flag.SEEN), !value.equals("true"));
              default -> throw new IllegalStateException("a mailbox is not asked by " + name);
            });
      }
    });
    return terms;
  }

  private static Map<String, String> query(String query) {
    Map<String, String> members = new HashMap<>();
    for (String each : query.split("&", -1)) {
      String[] pair = each.split("=", 2);
      if (pair.length == 2) {
        members.put(text(pair[0]), text(pair[1]));
      }
    }
    return members;
  }

  private static String text(String encoded) {
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
