package ai.rails.platform.opa;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

import static java.nio.charset.StandardCharsets.UTF_8;

/// An OPA of its own for a replay: on loopback, for one token, with no way out, gone at the end. No
/// decision that counts is ever asked of it. One thread at a time.
public final class ReplayOpa implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 25;

  /// What a policy may not do: reach out, read the process, be random.
  private static final List<String> FORBIDDEN =
      List.of("http.send", "net.lookup_ip_addr", "opa.runtime", "rand.intn", "uuid.rfc4122");

  private final Process process;
  private final URI url;
  private final String token;
  private final Path directory;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ReplayOpa(Process process, URI url, String token, Path directory) {
    this.process = process;
    this.url = url;
    this.token = token;
    this.directory = directory;
  }

  /// Starts with these files.
  ///
  /// @param token a secret for this once
  /// @throws Problem with 422 and OPA's words if the policies are no strict Rego or use what they
  ///   may not
  public static ReplayOpa start(Path binary, SortedMap<String, byte[]> platform, String token) {
    try {
      Path directory = Files.createTempDirectory("airails-replay-");
      try {
        Path bundle = write(directory.resolve("platform"), platform, "airails", "platform");
        check(binary, directory, bundle);
        Path guard =
            write(
                directory.resolve("guard"),
                new java.util.TreeMap<>(Map.of("guard.rego", guard(token))),
                "system/authz");
        return started(binary, directory, List.of(bundle, guard), token);
      } catch (RuntimeException e) {
        remove(directory);
        throw e;
      }
    } catch (IOException e) {
      throw new Unavailable("OPA for the replay did not start", e);
    }
  }

  /// Puts a tenant's data in effect, in place of what was.
  public void tenant(String tenant, byte[] data) {
    HttpResponse<byte[]> answer =
        send(
            request("/v1/data/tenants/" + tenant)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(data)));
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException("OPA took no data: " + answer.statusCode());
    }
  }

  /// What the policies say.
  ///
  /// @param entryPoint for example `airails/tool_action/decision`
  /// @param input JSON
  /// @return empty if it is undefined or fails
  public Optional<Said> ask(String entryPoint, String input) {
    long start = System.nanoTime();
    Optional<JsonNode> result = value(entryPoint, input);
    long nanos = System.nanoTime() - start;
    return result.filter(said -> said.path("effect").isTextual()).map(said -> Said.of(said, nanos));
  }

  /// Any rule's value.
  ///
  /// @param input JSON
  /// @return empty if it is undefined or fails
  public Optional<JsonNode> value(String rule, String input) {
    HttpResponse<byte[]> answer =
        send(
            request("/v1/data/" + rule + "?strict-builtin-errors=true")
                .POST(HttpRequest.BodyPublishers.ofString("{\"input\":" + input + "}")));
    try {
      JsonNode result = StrictJson.read(answer.body()).path("result");
      return answer.statusCode() == 200 && !result.isMissingNode()
          ? Optional.of(result)
          : Optional.empty();
    } catch (IOException e) {
      throw new Unavailable("OPA for the replay answered no JSON", e);
    }
  }

  /// A decision as policy gives it.
  ///
  /// @param reasons sorted
  /// @param quorum of people it asks for, or 0
  /// @param nanos until it was there
  public record Said(String effect, List<String> reasons, int quorum, long nanos) {
    public Said {
      reasons = List.copyOf(reasons);
    }

    private static Said of(JsonNode result, long nanos) {
      int quorum =
          result
              .path("obligations")
              .valueStream()
              .mapToInt(duty -> duty.path("quorum").asInt(0))
              .max()
              .orElse(0);
      return new Said(
          result.path("effect").asText(),
          result.path("reasons").valueStream().map(JsonNode::asText).sorted().toList(),
          quorum,
          nanos);
    }

    public boolean same(String otherEffect, List<String> otherReasons) {
      return effect.equals(otherEffect) && reasons.equals(otherReasons.stream().sorted().toList());
    }
  }

  private static ReplayOpa started(Path binary, Path directory, List<Path> bundles, String token)
      throws IOException {
    int port = freePort();
    Stream<String> options =
        Stream.of(
            binary.toString(),
            "run",
            "--server",
            "--addr=127.0.0.1:" + port,
            "--authentication=token",
            "--authorization=basic",
            "--skip-version-check",
            "--log-level=error");
    List<String> command =
        Stream.concat(options, bundles.stream().flatMap(b -> Stream.of("-b", b.toString())))
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("opa.log").toFile());
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR"));
    builder.environment().put("GOMAXPROCS", "1");
    ReplayOpa opa =
        new ReplayOpa(builder.start(), URI.create("http://127.0.0.1:" + port), token, directory);
    opa.awaitHealth();
    return opa;
  }

  private void awaitHealth() {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        if (http.send(request("/health").GET().build(), HttpResponse.BodyHandlers.discarding())
                .statusCode()
            == 200) {
          return;
        }
      } catch (IOException e) {
        java.util.concurrent.locks.LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    String log = log(directory);
    close();
    throw new Unavailable("OPA for the replay is not ready: " + log);
  }

  private static void check(Path binary, Path directory, Path bundle) throws IOException {
    Path capabilities = directory.resolve("capabilities.json");
    Files.write(capabilities, capabilities(run(binary, "capabilities", "--current").text()));
    Ran checked =
        run(
            binary,
            "check",
            "--strict",
            "--capabilities=" + capabilities,
            bundle.resolve("airails").toString());
    if (checked.status() != 0) {
      throw Problem.invalid(
          "the policies are not acceptable: %s"
              .formatted(checked.text().replace(bundle + "/", "").strip()));
    }
  }

  private static byte[] capabilities(String current) throws IOException {
    if (!(StrictJson.read(current.getBytes(UTF_8)) instanceof ObjectNode all)) {
      throw new IOException("OPA has no capabilities");
    }
    ArrayNode kept = all.putArray("builtins");
    for (JsonNode builtin : StrictJson.read(current.getBytes(UTF_8)).path("builtins")) {
      if (!FORBIDDEN.contains(builtin.path("name").asText())) {
        kept.add(builtin);
      }
    }
    all.putArray("allow_net");
    return all.toString().getBytes(UTF_8);
  }

  private record Ran(int status, String text) {}

  private static Ran run(Path binary, String... arguments) throws IOException {
    List<String> command =
        Stream.concat(Stream.of(binary.toString()), Stream.of(arguments)).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.onExit().join().exitValue(), text);
  }

  private static Path write(Path into, SortedMap<String, byte[]> files, String... roots)
      throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = into.resolve(file.getKey()).normalize();
      if (!path.startsWith(into)) {
        throw Problem.invalid("not a path in a bundle: " + file.getKey());
      }
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Files.write(
        into.resolve(".manifest"),
        CanonicalJson.bytes(
            Map.of("revision", "replay", "rego_version", 1, "roots", List.of(roots))));
    return into;
  }

  private static byte[] guard(String token) {
    return """
    package system.authz

    default allow := false

    allow if crypto.sha256(input.identity) == "%s"

    allow if input.path == ["health"]
    """
        .formatted(CanonicalJson.sha256(token.getBytes(UTF_8)))
        .getBytes(UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path))
        .timeout(ANSWER)
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new Unavailable("OPA for the replay does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String log(Path directory) {
    try {
      return Files.readString(directory.resolve("opa.log"));
    } catch (IOException e) {
      return "it left no log";
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    http.close();
    try {
      remove(directory);
    } catch (IOException e) {
      throw new Unavailable("the replay's directory can not be removed", e);
    }
  }
}
