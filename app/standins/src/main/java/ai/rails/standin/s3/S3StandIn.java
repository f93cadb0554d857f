package ai.rails.standin.s3;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// One bucket: objects are put under conditions, read, headed and listed; every request must be
/// signed. All state is guarded by this object.
public final class S3StandIn implements Service, AutoCloseable {
  /// Journal kind: an object was written.
  public static final String PUT = "put-object";

  private static final String CHECKSUM = "x-amz-checksum-sha256";
  private static final String METADATA = "x-amz-meta-";
  private static final int MOST = 1_000;
  private static final String BASE64 = "base64";

  private final String bucket;
  private final InstantSource clock;
  private final Journal journal;
  private final SignatureCheck signatures;
  private final Faults faults = new Faults();
  private final TreeMap<String, Stored> objects = new TreeMap<>();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  public record Start(
      String bucket,
      String region,
      String accessKeyId,
      String secretAccessKey,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock) {}

  private record Stored(ObjectNode facts) {
    String text(String name) {
      return facts.path(name).asText();
    }

    String content() {
      return new String(Base64.getDecoder().decode(text(BASE64)), ISO_8859_1);
    }
  }

  private S3StandIn(Start start) {
    bucket = start.bucket();
    clock = start.clock();
    journal = start.journal();
    signatures =
        new SignatureCheck(
            start.accessKeyId(), start.secretAccessKey(), start.region(), start.clock());
    journal.facts(PUT).forEach(this::apply);
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static S3StandIn start(Start start) {
    return new S3StandIn(start);
  }

  public int port() {
    return server.port();
  }

  public URI uri() {
    return server.uri();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return journal;
  }

  /// The bytes of an object, a character for each.
  public synchronized Optional<String> content(String key) {
    return Optional.ofNullable(objects.get(key)).map(Stored::content);
  }

  @Override
  public synchronized Response answer(Request request) {
    try {
      signatures.require(request);
      return dispatch(request, key(request));
    } catch (S3Error e) {
      Response refused = e.response();
      return request.method().equals("HEAD") ? refused.withoutBody() : refused;
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited _, Fault.QuotaExhausted _, Fault.Overloaded _ ->
          new S3Error(503, "SlowDown", "Please reduce your request rate.").response();
      case Fault.ServerError _ ->
          new S3Error(500, "InternalError", "We encountered an internal error.").response();
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  /// The bucket is the first label of the host, or the first segment of the path.
  private String key(Request request) {
    String host = request.header("host").orElse("");
    if (host.startsWith(bucket + ".")) {
      return request.path().substring(1);
    }
    String[] parts = request.path().split("/", 3);
    if (parts.length < 2 || !parts[1].equals(bucket)) {
      throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return parts.length == 2 ? "" : parts[2];
  }

  private Response dispatch(Request request, String key) {
    if (key.isEmpty()) {
      if (request.method().equals("GET") && "2".equals(request.query().get("list-type"))) {
        return list(request.query());
      }
      throw new S3Error(501, "NotImplemented", "of buckets only their list is served here");
    }
    return switch (request.method()) {
      case "PUT" -> put(request, key);
      case "GET", "HEAD" -> get(request, key);
      default -> throw new S3Error(405, "MethodNotAllowed", "not allowed against this resource");
    };
  }

  private Response put(Request request, String key) {
    Stored before = objects.get(key);
    Optional<String> none = request.header("if-none-match");
    if (none.isPresent() && !none.get().equals("*")) {
      throw new S3Error(501, "NotImplemented", "If-None-Match takes * only");
    }
    Optional<String> match = request.header("if-match");
    if (match.isPresent() && before == null) {
      throw new S3Error(404, "NoSuchKey", "The specified key does not exist.");
    }
    boolean differs =
        before != null && match.isPresent() && !match.get().equals(before.text("etag"));
    if ((none.isPresent() && before != null) || differs) {
      throw new S3Error(
          412,
          "PreconditionFailed",
          "At least one of the pre-conditions you specified did not hold");
    }
    byte[] content = request.content();
    String checksum = Base64.getEncoder().encodeToString(SignatureCheck.digest("SHA-256", content));
    if (!request.header(CHECKSUM).orElse(checksum).equals(checksum)) {
      throw new S3Error(400, "BadDigest", "The SHA256 you specified did not match.");
    }
    ObjectNode facts =
        Json.object()
            .put("key", key)
            .put("mediaType", request.header("content-type").orElse("binary/octet-stream"))
            .put(
                "etag",
                "\"%s\"".formatted(HexFormat.of().formatHex(SignatureCheck.digest("MD5", content))))
            .put("checksum", checksum)
            .put("modified", clock.instant().toString())
            .put(BASE64, Base64.getEncoder().encodeToString(content));
    ObjectNode metadata = facts.putObject("metadata");
    request
        .headers()
        .forEach((name, value) -> {
          if (name.startsWith(METADATA)) {
            metadata.put(name, value);
          }
        });
    journal.effect(PUT, facts);
    apply(facts);
    return new Response(
        200, Map.of("ETag", facts.path("etag").asText(), CHECKSUM, checksum), "", "");
  }

  private Response get(Request request, String key) {
    Stored found = objects.get(key);
    if (found == null) {
      throw new S3Error(404, "NoSuchKey", "The specified key does not exist.");
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("ETag", found.text("etag"));
    headers.put("Content-Type", found.text("mediaType"));
    headers.put(
        "Last-Modified",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.parse(found.text("modified")).atOffset(ZoneOffset.UTC)));
    if (request.header("x-amz-checksum-mode").equals(Optional.of("ENABLED"))) {
      headers.put(CHECKSUM, found.text("checksum"));
    }
    found
        .facts()
        .path("metadata")
        .properties()
        .forEach(each -> headers.put(each.getKey(), each.getValue().asText()));
    if (request.method().equals("HEAD")) {
      headers.put("Content-Length", Integer.toString(found.content().length()));
      return new Response(200, headers, "", "");
    }
    return new Response(200, headers, found.content(), "", true);
  }

  private Response list(Map<String, String> query) {
    int most = Math.min(MOST, Integer.parseInt(query.getOrDefault("max-keys", "1000")));
    String prefix = query.getOrDefault("prefix", "");
    String after = query.getOrDefault("start-after", "");
    StringBuilder contents = new StringBuilder();
    int count = 0;
    boolean truncated = false;
    for (Stored each : objects.tailMap(after, after.isEmpty()).values()) {
      if (!each.text("key").startsWith(prefix)) {
        continue;
      }
      if (count == most) {
        truncated = true;
        break;
      }
      count++;
      contents.append(
          "<Contents>%s%s%s%s<StorageClass>STANDARD</StorageClass></Contents>"
              .formatted(
                  Xml.element("Key", each.text("key")),
                  Xml.element("LastModified", each.text("modified")),
                  Xml.element("ETag", each.text("etag")),
                  Xml.element("Size", Integer.toString(each.content().length()))));
    }
    String body =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">%s%s%s%s%s%s\
        </ListBucketResult>\
        """
            .formatted(
                Xml.element("Name", bucket),
                Xml.element("Prefix", prefix),
                Xml.element("KeyCount", Integer.toString(count)),
                Xml.element("MaxKeys", Integer.toString(most)),
                Xml.element("IsTruncated", Boolean.toString(truncated)),
                contents);
    return new Response(200, Map.of("Content-Type", "application/xml"), body, "");
  }

  private void apply(JsonNode facts) {
    objects.put(facts.path("key").asText(), new Stored(facts.deepCopy()));
  }
}
