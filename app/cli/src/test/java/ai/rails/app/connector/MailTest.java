package ai.rails.app.connector;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.connector.Connectors;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Mail through gateway and proxy, by SMTP and IMAP over TLS, against GreenMail.
class MailTest {
  private static final String HOST = "mail.c1.airails.internal";
  private static final Map<String, String> LOGIN =
      Map.of("username", "desk@acme.example", "password", "canary-mail-password");
  private static final String MAIL =
      "{'from':'desk@acme.example','to':['ann@acme.example'],'subject':'Grüße','text':'It is solved.\\n'}";

  @TempDir private static Path shared = Path.of(".");
  @TempDir private Path directory = Path.of(".");
  private static Governed.Names names;
  private GreenMail server;
  private Governed governed;

  /// GreenMail takes its key once.
  @BeforeAll
  static void name() {
    names = new Governed.Names(shared.resolve("tls"), List.of(HOST));
    System.setProperty("greenmail.tls.keystore.file", names.keys().toString());
    System.setProperty("greenmail.tls.keystore.password", Governed.PASSWORD);
  }

  @BeforeEach
  void open() throws Exception {
    server =
        new GreenMail(
            new ServerSetup[] {
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS),
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAPS),
              new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP)
            });
    server.start();
    server.setUser("desk@acme.example", "desk@acme.example", "canary-mail-password");
    server.setUser("ann@acme.example", "ann@acme.example", "hers");
    server
        .getManagers()
        .getImapHostManager()
        .createMailbox(server.getUserManager().getUserByEmail("desk@acme.example"), "Sent");
    governed =
        new Governed(
            directory,
            names,
            Connectors.builtIn(),
            Map.of(
                HOST + ":465", server.getSmtps().getPort(),
                HOST + ":587", server.getSmtp().getPort(),
                HOST + ":993", server.getImaps().getPort()));
  }

  @AfterEach
  void close() {
    governed.close();
    server.stop();
  }

  private static Governed.Call call(String action, String params) {
    return new Governed.Call("mail", "1.0.0", action, HOST, 465, LOGIN, params, "tell", false);
  }

  @Test
  void mailIsSentUnderItsOwnMessageIdAndFiled() throws Exception {
    Result sent = governed.execute(call("send", MAIL));

    assertThat(sent.outcome()).as(sent.code()).isEqualTo(Outcome.SUCCESS);
    List<MimeMessage> received = received();
    assertThat(received).hasSize(1);
    assertThat(received.getFirst().getMessageID())
        .isEqualTo(sent.output().orElseThrow().path("message_id").asText());
    assertThat(received.getFirst().getSubject()).isEqualTo("Grüße");
    assertThat(GreenMailUtil.getBody(received.getFirst())).contains("It is solved.");
    StringBuilder kept = new StringBuilder(sent.toString());
    sent.evidence().values().forEach(each -> kept.append(new String(each, UTF_8)));
    assertThat(kept.toString()).doesNotContain("canary-mail-password");
  }

  @Test
  void mailThatIsInSentIsNotSentAgain() throws Exception {
    governed.execute(call("send", MAIL));
    Result again = governed.execute(call("send", MAIL).recover());
    Result unknown = governed.execute(call("send", MAIL).step("other").recover());

    assertThat(again.outcome()).as(again.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(again.adopted()).isTrue();
    assertThat(unknown.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(unknown.code()).isEqualTo("LOOKUP_INCONCLUSIVE");
    assertThat(received()).hasSize(1);
  }

  @Test
  void mailsAreFoundReadAndAnsweredInTheirThread() throws Exception {
    MimeMessage question = new MimeMessage(jakarta.mail.Session.getInstance(new Properties()));
    question.setFrom("ann@acme.example");
    question.setRecipients(MimeMessage.RecipientType.TO, "desk@acme.example");
    question.setSubject("Help");
    question.setText("It burns.\r\n");
    question.saveChanges();
    server.getUserManager().getUserByEmail("desk@acme.example").deliver(question);

    JsonNode found = done(call("search", "{'folder':'INBOX','subject':'Help','unseen':'true'}"));
    JsonNode mail =
        done(
            call(
                "read",
                "{'folder':'INBOX','uid':%s}".formatted(found.at("/messages/0/uid").asText())));
    JsonNode still = done(call("search", "{'folder':'INBOX','unseen':'true'}"));
    done(
        call(
            "reply",
            MAIL.replace("}", ",'in_reply_to':'%s'}".formatted(mail.path("message_id").asText()))));

    assertThat(found.path("total").asInt()).isEqualTo(1);
    assertThat(mail.path("text").asText().strip()).isEqualTo("It burns.");
    assertThat(still.path("total").asInt()).isEqualTo(1);
    assertThat(received().getFirst().getHeader("In-Reply-To"))
        .containsExactly(mail.path("message_id").asText());
  }

  @Test
  void wrongPasswordForeignCertificateAndMissingTlsSendNothing() throws Exception {
    Result refused =
        governed.execute(
            call("send", MAIL)
                .with(Map.of("username", "desk@acme.example", "password", "somebody-elses")));
    Governed.Names others = new Governed.Names(directory.resolve("other"), List.of(HOST));
    Result untrusted;
    try (Governed distrusting =
        new Governed(
            directory,
            others,
            Connectors.builtIn(),
            Map.of(
                HOST + ":465", server.getSmtps().getPort(),
                HOST + ":993", server.getImaps().getPort()))) {
      untrusted = distrusting.execute(call("send", MAIL));
    }

    Result clear =
        governed.execute(
            new Governed.Call("mail", "1.0.0", "send", HOST, 587, LOGIN, MAIL, "tell", false));

    assertThat(clear.code()).isEqualTo("TLS_FAILED");
    assertThat(clear.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(refused.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(untrusted.code()).isEqualTo("TLS_UNTRUSTED");
    assertThat(received()).isEmpty();
  }

  /// What is in her mailbox.
  private List<MimeMessage> received() throws Exception {
    return server
        .getManagers()
        .getImapHostManager()
        .getInbox(server.getUserManager().getUserByEmail("ann@acme.example"))
        .getMessages()
        .stream()
        .map(StoredMessage::getMimeMessage)
        .toList();
  }

  private JsonNode done(Governed.Call call) throws InterruptedException {
    Result result = governed.execute(call);
    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    return result.output().orElseThrow();
  }
}
