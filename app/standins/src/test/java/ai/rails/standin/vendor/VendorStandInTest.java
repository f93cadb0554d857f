package ai.rails.standin.vendor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.standin.Journal;
import ai.rails.standin.MovableClock;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/// A stand-in takes what its vendor's reference takes, and nothing beside.
class VendorStandInTest {
  private static final String NOTE =
      "{\"message_type\":\"note\",\"type\":\"admin\",\"admin_id\":\"2\",\"body\":\"b\"}";
  private static final Map<String, String> HEADERS =
      Map.of(
          "host", "api.intercom.io",
          "authorization", "Bearer the-token",
          "intercom-version", "2.11",
          "content-type", "application/json; charset=utf-8");

  @TempDir private Path folder;
  private VendorStandIn intercom;

  @BeforeEach
  void start() {
    MovableClock clock = new MovableClock();
    intercom =
        VendorStandIn.start(
            new VendorStandIn.Start(
                new Intercom("the-token", "1", "2"),
                new Transport.Plain(),
                0,
                Journal.open(folder.resolve("intercom.jsonl"), clock),
                clock));
  }

  @AfterEach
  void stop() {
    intercom.close();
  }

  private Response reply(String path, String query, Map<String, String> changed, String body) {
    Map<String, String> headers = new HashMap<>(HEADERS);
    headers.putAll(changed);
    return intercom.answer(new Request("POST", path, query, headers, body, body));
  }

  @Test
  void whatTheReferenceDescribesIsTaken() {
    Response taken = reply("/conversations/1/reply", "", Map.of(), NOTE);

    assertThat(taken.status()).isEqualTo(200);
    assertThat(intercom.journal().effects(Intercom.NOTE)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "host, www.intercom.io, 404",
    "authorization, Bearer another, 401",
    "authorization, the-token, 401",
    "intercom-version, 2.10, 400",
    "content-type, text/plain, 400"
  })
  void anotherHeaderIsNotTaken(String name, String value, int status) {
    Response refused = reply("/conversations/1/reply", "", Map.of(name, value), NOTE);

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.isRefused()).isTrue();
    assertThat(intercom.journal().effects(Intercom.NOTE)).isZero();
  }

  @Test
  void anotherPathQueryOrMemberIsNotTaken() {
    assertThat(reply("/conversations/1/replies", "", Map.of(), NOTE).status()).isEqualTo(404);
    assertThat(reply("/conversations/2/reply", "", Map.of(), NOTE).status()).isEqualTo(404);
    assertThat(reply("/conversations/1/reply", "a=b", Map.of(), NOTE).status()).isEqualTo(400);
    for (String body :
        new String[] {
          NOTE.replace("\"body\"", "\"text\""),
          NOTE.replace("\"note\"", "\"shout\""),
          NOTE.replace("}", ",\"more\":1}"),
          NOTE + "{}",
          ""
        }) {
      assertThat(reply("/conversations/1/reply", "", Map.of(), body).status())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(intercom.journal().effects(Intercom.NOTE)).isZero();
  }
}
