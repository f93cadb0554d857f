package ai.rails.app.connector;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.connector.Connector;
import ai.rails.connector.PublishedConnectors;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;
import ai.rails.standin.s3.S3StandIn;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The S3 connector through gateway and proxy, against a bucket that verifies each signature.
class S3Test {
  private static final String HOST = "acme-evidence.s3.eu-central-1.amazonaws.com";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final Map<String, String> KEYS =
      Map.of("access_key_id", "AKIDEXAMPLE", "secret_access_key", SECRET, "region", "eu-central-1");
  private static final String TEXT =
      "{'key':'reports/2026/q3 (1).txt','media_type':'text/plain; charset=utf-8','text':'Übrig.'}"
          .replace(" (1)", "-(1)*~");

  @TempDir private Path directory = Path.of(".");
  private S3StandIn bucket;
  private Governed governed;

  @BeforeEach
  void open() throws Exception {
    Governed.Names names = new Governed.Names(directory.resolve("tls"), List.of(HOST));
    bucket = bucket(new Transport.Tls(names.serving()));
    governed =
        new Governed(directory, names, published().load(), Map.of(HOST + ":443", bucket.port()));
  }

  private PublishedConnectors published() {
    return new PublishedConnectors(directory.resolve("connectors"));
  }

  private S3StandIn bucket(Transport transport) {
    return S3StandIn.start(
        new S3StandIn.Start(
            "acme-evidence",
            "eu-central-1",
            "AKIDEXAMPLE",
            SECRET,
            transport,
            0,
            Journal.open(directory.resolve("s3.jsonl"), InstantSource.system()),
            InstantSource.system()));
  }

  @AfterEach
  void close() {
    governed.close();
    bucket.close();
  }

  private static Governed.Call call(String action, String params) {
    return new Governed.Call("s3", "1.0.0", action, HOST, 443, KEYS, params, "store", false);
  }

  private Result done(Governed.Call call) throws InterruptedException {
    Result result = governed.execute(call);
    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    return result;
  }

  @Test
  void objectIsPutReadBackReadAndListed() throws Exception {
    Result put = done(call("put-object", TEXT));
    Result read = done(call("get-object", "{'key':'reports/2026/q3-(1)*~.txt'}"));
    Result head = done(call("head-object", "{'key':'reports/2026/q3-(1)*~.txt'}"));
    Result list = done(call("list-objects", "{'prefix':'reports/','max_keys':1}"));

    assertThat(put.verified()).isTrue();
    JsonNode object = read.output().orElseThrow();
    assertThat(object.path("text").asText()).isEqualTo("Übrig.");
    assertThat(object.path("etag")).isEqualTo(put.output().orElseThrow().path("etag"));
    assertThat(head.output().orElseThrow().path("bytes").asText()).isEqualTo("7");
    assertThat(head.output().orElseThrow().path("sha256"))
        .isEqualTo(put.output().orElseThrow().path("sha256"));
    assertThat(list.output().orElseThrow().at("/objects/0/key").asText())
        .isEqualTo("reports/2026/q3-(1)*~.txt");
    assertThat(list.output().orElseThrow().path("truncated").asText()).isEqualTo("false");
    assertThat(bucket.journal().effects(S3StandIn.PUT)).isEqualTo(1);
    assertThat(bucket.journal().refusals("SignatureDoesNotMatch")).isZero();
    assertThat(kept(put)).doesNotContain(SECRET);
  }

  @Test
  void bytesOfAnyKindArriveAsTheyAre() throws Exception {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    String base64 = Base64.getEncoder().encodeToString(bytes);
    done(
        call(
            "put-object",
            "{'key':'a/b','media_type':'application/octet-stream','base64':'%s'}"
                .formatted(base64)));

    JsonNode read = done(call("get-object", "{'key':'a/b'}")).output().orElseThrow();

    assertThat(bucket.content("a/b").orElseThrow().getBytes(ISO_8859_1)).isEqualTo(bytes);
    assertThat(read.path("base64").asText()).isEqualTo(base64);
    assertThat(read.has("text")).isFalse();
  }

  @Test
  void lostAnswerIsFoundAgainAndNotPutTwice() throws Exception {
    bucket.faults().inject(1, Faults.on("PUT", "reports"), new Fault.LostAnswer());

    Result lost = governed.execute(call("put-object", TEXT));
    Result found = done(call("put-object", TEXT).recover());

    assertThat(lost.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(found.adopted()).isTrue();
    assertThat(found.verified()).isTrue();
    assertThat(bucket.journal().effects(S3StandIn.PUT)).isEqualTo(1);
  }

  @Test
  void whatSomebodyElsePutIsNotOverwritten() throws Exception {
    Result first = done(call("put-object", TEXT));
    Result second = governed.execute(call("put-object", TEXT).step("other"));
    String etag = first.output().orElseThrow().path("etag").asText();
    String replacing =
        TEXT.replace("Übrig", "Neu").replace("}", ",'etag':'" + etag.replace("\"", "\\'") + "'}");
    done(call("replace-object", replacing).step("third"));
    Result stale = governed.execute(call("replace-object", replacing).step("fourth"));

    for (Result refused : List.of(second, stale)) {
      assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(refused.code()).isEqualTo("PRECONDITION_CHANGED");
    }
    assertThat(bucket.content("reports/2026/q3-(1)*~.txt")).contains("Neu.");
  }

  @Test
  void revokedInMidLifeIsSentNoMore() throws Exception {
    done(call("put-object", TEXT));
    long opened = governed.proxy().opened();

    published()
        .revoke(published().load().named("s3", "1.0.0").map(Connector::digest).orElseThrow());
    Result refused = governed.execute(call("put-object", TEXT).step("later"));

    assertThat(refused.code()).isEqualTo("CONNECTOR_REVOKED");
    assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(governed.proxy().opened()).isEqualTo(opened);
  }

  @Test
  void wrongKeysRegionsAndNamesAreToldApart() throws Exception {
    Result foreign =
        governed.execute(
            call("list-objects", "{'prefix':'','max_keys':1}")
                .with(
                    Map.of(
                        "access_key_id", "AKIDEXAMPLE",
                        "secret_access_key", "another-secret-of-nobody",
                        "region", "eu-central-1")));
    Result region =
        governed.execute(
            call("list-objects", "{'prefix':'','max_keys':1}")
                .with(
                    Map.of(
                        "access_key_id", "AKIDEXAMPLE",
                        "secret_access_key", SECRET,
                        "region", "us-east-1")));
    Result missing = governed.execute(call("get-object", "{'key':'nothing'}"));

    assertThat(foreign.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(region.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(missing.code()).isEqualTo("OBJECT_NOT_FOUND");
    assertThat(bucket.journal().refusals("SignatureDoesNotMatch")).isEqualTo(1);
  }

  private static String kept(Result result) {
    StringBuilder all = new StringBuilder(result.toString());
    result.evidence().values().forEach(each -> all.append(new String(each, UTF_8)));
    return all.toString();
  }
}
