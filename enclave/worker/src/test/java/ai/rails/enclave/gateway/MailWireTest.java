package ai.rails.enclave.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.connector.Protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// Mail servers that leave early, or say more than was asked for.
class MailWireTest {
  private static final String HOST = "mail.example";
  private static final HostCertificate CERTIFICATE = new HostCertificate(HOST);
  private static final String GREETING = "220 mail.example\r\n";
  private static final String MAILBOX = "* OK mail.example\r\n";

  /// An answer of many lines, over which the connection is dead before the last is read.
  private static final String LONG = "250-taken\r\n".repeat(200);

  @TempDir private Path directory = Path.of(".");

  private Answered send(Protocol protocol, ScriptedMail server, Outbound request, long maxBody)
      throws SendFailed, GeneralSecurityException, IOException {
    return new Wires(server.proxy(), CERTIFICATE.trusted(directory), InstantSource.system())
        .speaking(protocol)
        .send(
            request.login(new Outbound.Login("desk", "password")),
            "ticket",
            Duration.ofSeconds(20),
            maxBody);
  }

  private static Outbound mail(String method, int port, String target) {
    String mail =
        """
        {"from":"desk@acme.example","to":["ann@acme.example"],"subject":"s","text":"end",
         "messageId":"<1@acme.example>"}\
        """;
    return new Outbound(
        method,
        HOST,
        port,
        target,
        Optional.of(new Outbound.Body("application/json", mail.getBytes(UTF_8))));
  }

  private static ScriptedMail server(String greeting, UnaryOperator<String> script)
      throws GeneralSecurityException, IOException {
    return new ScriptedMail(CERTIFICATE.serving(), greeting, script);
  }

  /// Takes a mail; what it says to the mail's end is the test's.
  private static UnaryOperator<String> smtp(String taken) {
    return line ->
        switch (line.split(" ", 2)[0]) {
          case "EHLO" -> "250-mail.example\r\n250 AUTH PLAIN\r\n";
          case "AUTH" -> "235 welcome\r\n";
          case "MAIL", "RCPT" -> "250 yes\r\n";
          case "DATA" -> "354 go on\r\n";
          case "." -> taken;
          default -> "";
        };
  }

  /// Lets everybody in; what it says to the rest is the test's.
  private static UnaryOperator<String> imap(UnaryOperator<String> rest) {
    AtomicReference<String> append = new AtomicReference<>("");
    return line -> {
      String[] words = line.split(" ", 3);
      if (!words[0].matches("[A-Z]+[0-9]+")) {
        return line.equals("end") ? rest.apply(append.get()) : "";
      }
      String ok = words[0] + " OK done\r\n";
      return switch (words[1]) {
        case "CAPABILITY" -> "* CAPABILITY IMAP4rev1\r\n" + ok;
        case "LOGIN", "NOOP", "CLOSE" -> ok;
        case "LIST" -> "* LIST () \"/\" Sent\r\n" + ok;
        case "SELECT", "EXAMINE" -> "* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n" + ok;
        case "APPEND" -> {
          append.set(ok);
          yield "+ go on\r\n";
        }
        default -> rest.apply(line);
      };
    };
  }

  @Test
  void mailThatWasTakenIsSentAlthoughTheServerIsGoneBeforeTheGoodbye() throws Exception {
    try (ScriptedMail server = server(GREETING, smtp(LONG + "250 taken\r\n" + ScriptedMail.CUT))) {
      Answered answer = send(Protocol.SMTP, server, mail("SEND", 465, "/"), 65_536);

      assertThat(answer.status()).isEqualTo(MailClient.ACCEPTED);
      assertThat(new String(answer.body(), UTF_8)).contains("1@acme.example");
      assertThat(server.said()).contains(".");
    }
  }

  @Test
  void mailThatWasFiledIsFiledAlthoughTheServerIsGoneBeforeTheGoodbye() throws Exception {
    try (ScriptedMail server =
        server(MAILBOX, imap(ok -> "* OK still here\r\n".repeat(200) + ok + ScriptedMail.CUT))) {
      Answered answer = send(Protocol.IMAP, server, mail("APPEND", 993, "/Sent"), 65_536);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(server.said()).contains("end");
    }
  }

  @Test
  void mailThatIsLongerThanItsServerSaidIsNotReadToTheEnd() throws Exception {
    UnaryOperator<String> lying =
        line -> {
          String ok = line.substring(0, line.indexOf(' ')) + " OK done\r\n";
          return line.contains("UID FETCH")
              ? "* 1 FETCH (UID 7)\r\n" + ok
              : line.contains("RFC822.SIZE")
                  ? "* 1 FETCH (RFC822.SIZE 10)\r\n" + ok
                  : "* 1 FETCH (BODY[HEADER] {3000000}\r\n%s)\r\n%s"
                      .formatted("x".repeat(3_000_000), ok);
        };
    try (ScriptedMail server = server(MAILBOX, imap(lying))) {
      Answered answer = send(Protocol.IMAP, server, mail("FETCH", 993, "/INBOX/7"), 1_000);

      assertThat(answer.status()).isEqualTo(413);
    }
  }

  /// The library would make room for two billion bytes that never come.
  @Test
  void literalThatIsAnnouncedTooLongIsNotWaitedFor() throws Exception {
    UnaryOperator<String> announcing =
        line ->
            line.contains("UID FETCH")
                ? "* 1 FETCH (UID 7)\r\n" + line.substring(0, line.indexOf(' ')) + " OK done\r\n"
                : line.contains("RFC822.SIZE")
                    ? "* 1 FETCH (RFC822.SIZE 10)\r\n"
                        + line.substring(0, line.indexOf(' '))
                        + " OK done\r\n"
                    : "* 1 FETCH (BODY[HEADER] {2000000000}\r\n";
    UnaryOperator<String> subjects = _ -> "* SEARCH {99999999999999999999}\r\n";
    try (ScriptedMail server = server(MAILBOX, imap(announcing));
        ScriptedMail searched = server(MAILBOX, imap(subjects))) {
      Answered answer = send(Protocol.IMAP, server, mail("FETCH", 993, "/INBOX/7"), 1_000);
      assertThat(answer.status()).isEqualTo(413);

      SendFailed failed = refused(Protocol.IMAP, searched, mail("SEARCH", 993, "/INBOX?subject=s"));
      assertThat(failed.code()).isEqualTo("ANSWER_MALFORMED");
    }
  }

  @Test
  void onlyAnAnnouncementAtALinesEndCountsAndNoneInsideALiteral() throws Exception {
    for (String fine :
        List.of(
            "{5}\r\n{9999}",
            "text {9999} goes on\r\n", "{7}\r\n{9999}\r\n", "{99+x}\r\n", "{}\r\n")) {
      assertThat(bounded(fine).readAllBytes()).as(fine).isEqualTo(fine.getBytes(UTF_8));
    }
    for (String tooLong :
        List.of("{101}\r\n", "{2}\r\nab {101}\r\n", "x {101}\n", "{101+}\r\n", "{{101}\r\n")) {
      assertThatThrownBy(() -> bounded(tooLong).readAllBytes())
          .as(tooLong)
          .isInstanceOf(IOException.class);
    }
  }

  private static LiteralBound bounded(String text) {
    return new LiteralBound(new ByteArrayInputStream(text.getBytes(UTF_8)), 100, () -> {});
  }

  @Test
  void whereTlsBeginsLaterNothingButItsBeginningIsSaidInTheClear() throws Exception {
    UnaryOperator<String> smtp =
        line ->
            switch (line) {
              case "EHLO airails.invalid" ->
                  "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n";
              case "STARTTLS" -> "220 go on\r\n";
              default -> smtp("250 taken\r\n").apply(line);
            };
    UnaryOperator<String> mailbox = imap(ok -> ok);
    UnaryOperator<String> imap =
        line -> {
          String tag = line.split(" ", 2)[0];
          return line.endsWith("CAPABILITY")
              ? "* CAPABILITY IMAP4rev1 STARTTLS\r\n%s OK done\r\n".formatted(tag)
              : line.endsWith("STARTTLS") ? tag + " OK go on\r\n" : mailbox.apply(line);
        };
    try (ScriptedMail sending = server(GREETING, smtp);
        ScriptedMail filing = server(MAILBOX, imap)) {
      Answered sent = send(Protocol.SMTP, sending, mail("SEND", 587, "/"), 65_536);
      assertThat(sent.status()).isEqualTo(MailClient.ACCEPTED);
      assertThat(sending.overheard()).containsExactly("EHLO airails.invalid", "STARTTLS");
      assertThat(sending.said()).contains("EHLO airails.invalid", "DATA", ".");

      Answered filed = send(Protocol.IMAP, filing, mail("APPEND", 143, "/Sent"), 65_536);
      assertThat(filed.status()).isEqualTo(200);
      assertThat(filing.overheard())
          .allSatisfy(line -> assertThat(line).matches("[A-Z]+[0-9]+ (CAPABILITY|STARTTLS)"));
      assertThat(filing.said()).anySatisfy(line -> assertThat(line).contains("LOGIN"));
    }
  }

  @Test
  void certificateOfAnotherServerEndsTheUpgradeBeforeThePassword() throws Exception {
    HostCertificate other = new HostCertificate("other.example");
    UnaryOperator<String> smtp =
        line ->
            line.equals("STARTTLS")
                ? "220 go on\r\n"
                : "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n";
    try (ScriptedMail server = new ScriptedMail(other.serving(), GREETING, smtp)) {
      SendFailed failed = refused(Protocol.SMTP, server, mail("SEND", 587, "/"));

      assertThat(failed.code()).isEqualTo("TLS_UNTRUSTED");
      assertThat(failed.sent()).isFalse();
      assertThat(server.said()).isEmpty();
    }
  }

  @Test
  void listOrGreetingWithoutEndIsNoAnswer() throws Exception {
    UnaryOperator<String> found =
        line -> "* SEARCH" + " 1".repeat(1_000_000) + "\r\n" + line.split(" ", 2)[0] + " OK\r\n";
    try (ScriptedMail mailbox = server(MAILBOX, imap(found));
        ScriptedMail endless =
            server("220-and\r\n".repeat(300_000) + GREETING, smtp("250 x\r\n"))) {
      for (SendFailed each :
          List.of(
              refused(Protocol.IMAP, mailbox, mail("SEARCH", 993, "/INBOX?subject=s")),
              refused(Protocol.SMTP, endless, mail("SEND", 465, "/")))) {
        assertThat(each.code()).isEqualTo("ANSWER_MALFORMED");
        assertThat(each.sent()).isFalse();
      }
    }
  }

  @Test
  void questionThatIsNoneIsNotAsked() throws Exception {
    try (ScriptedMail server = server(MAILBOX, imap(_ -> ""))) {
      for (Outbound each :
          List.of(
              mail("SEARCH", 993, "/INBOX?since=yesterday"),
              mail("SEARCH", 993, "/INBOX?since=%2B1000000000-12-31T23:59:59Z"),
              mail("SEARCH", 993, "/IN%BOX?since="),
              mail("FETCH", 993, "/INBOX/first"),
              mail("FETCH", 993, "/INBOX/-1"),
              mail("FETCH", 993, "/INBOX"))) {
        SendFailed failed = refused(Protocol.IMAP, server, each);

        assertThat(failed.code()).as(each.target()).isEqualTo("REQUEST_INVALID");
        assertThat(failed.sent()).isFalse();
        assertThat(failed.retryable()).isFalse();
      }
      assertThat(server.said()).isEmpty();
    }
  }

  private SendFailed refused(Protocol protocol, ScriptedMail server, Outbound request) {
    return catchThrowableOfType(SendFailed.class, () -> send(protocol, server, request, 1_000));
  }
}
