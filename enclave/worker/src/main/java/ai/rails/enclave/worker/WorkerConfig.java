package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.connector.Connectors;
import ai.rails.connector.PublishedConnectors;
import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.Origin;
import ai.rails.enclave.gate.TenantLog;
import ai.rails.enclave.worker.FailPoint.Place;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.WorkerIdentity;

/// What a worker is started with. Who it is and what it may run stands in its certificate, not
/// here.
///
/// @param controlPlane `worker.url`: `https://host:port` of the worker protocol
/// @param identity `worker.tls.file`: PKCS#12 with the worker's key and certificate
/// @param authority `tls.ca.file`: PEM of the control plane's certificate authority
/// @param signingKey `worker.artifact.signing.public`: publisher's Ed25519 public key, base64
/// @param concurrency `worker.concurrency`: most step attempts at a time
/// @param grace `worker.grace`: how long attempts may go on at shutdown
/// @param data `data.dir`
public record WorkerConfig(
    Settings settings,
    URI controlPlane,
    Path identity,
    Path authority,
    String signingKey,
    int concurrency,
    Duration grace,
    Path data) {
  private static final int CONCURRENCY_MAX = 256;
  private static final int POLL_RECORDS_MAX = 64;
  private static final int SESSION_MILLIS = 12_000;
  private static final int SHORT_DIGEST = 12;

  /// Idle logs are cosigned again every hour.
  private static final Duration LOG_AGE = Duration.ofHours(2);

  private static final String PRODUCTION = "production";

  public WorkerConfig {
    if (concurrency < 1 || concurrency > CONCURRENCY_MAX) {
      throw new IllegalArgumentException(
          "setting worker.concurrency must be 1 to %d; it is %d"
              .formatted(CONCURRENCY_MAX, concurrency));
    }
    if (settings.text("worker.failpoint").isPresent()
        && !"development".equals(settings.required("worker.environment.kind"))
        && !"test".equals(settings.required("worker.environment.kind"))) {
      throw new IllegalArgumentException(
          "setting worker.failpoint makes a worker crash; remove it, or set"
              + " worker.environment.kind to development or test");
    }
  }

  /// @throws IllegalArgumentException naming a missing or wrong setting
  public static WorkerConfig of(Settings settings) {
    return new WorkerConfig(
        settings,
        settings.address("worker.url"),
        settings.path("worker.tls.file"),
        settings.path("tls.ca.file"),
        settings.required("worker.artifact.signing.public"),
        settings.integer("worker.concurrency", 8),
        settings.duration("worker.grace", Duration.ofSeconds(10)),
        settings.path("data.dir"));
  }

  /// Opens the PKCS#12 file.
  String identityPassword() {
    return settings.required("worker.tls.password");
  }

  /// `worker.policy.sha256`: the platform policy's content without which this worker wants no keys.
  Optional<String> policySha256() {
    return settings.text("worker.policy.sha256");
  }

  /// Whether simulated evidence has no place here. What is not said to be anything else is
  /// production.
  public boolean isProduction() {
    return PRODUCTION.equals(settings.text("worker.environment.kind", PRODUCTION));
  }

  /// Whom this worker believes about a tenant's passkeys: `evidence.policy.file`, the cell's
  /// tlog-policy, of the logs of `cell.domain`; `worker.log.age` is how old the witnesses' word may
  /// be. In a guest these stand in the image and are measured with it. In production no checkpoint
  /// counts that nobody has witnessed, and no passkey that one person made alone.
  TenantLog.Trust logTrust(WorkerIdentity identity, InstantSource clock) {
    return new TenantLog.Trust(
        Origin.first(settings.text("cell.domain", ""), identity.tenant(), Header.TENANT_WORKSPACE),
        this::logPolicy,
        settings.duration("worker.log.age", LOG_AGE),
        isProduction(),
        clock);
  }

  /// Read at each use, since a cell's keys change; what stands wrong in it is believed nothing, and
  /// one that can not be read is read again.
  private TlogPolicy logPolicy() {
    Path file = Path.of(settings.required("evidence.policy.file"));
    try {
      TlogPolicy policy = TlogPolicy.parse(Files.readString(file));
      if (isProduction() && policy.trustsUnwitnessed()) {
        throw new IllegalArgumentException(
            "%s believes what no witness has seen, which production does not".formatted(file));
      }
      return policy;
    } catch (IOException e) {
      throw new UncheckedIOException("%s can not be read".formatted(file), e);
    }
  }

  /// The egress proxy, the gateway's only way out: `egress.host`, `egress.port`.
  InetSocketAddress proxy() {
    return new InetSocketAddress(
        settings.text("egress.host", "127.0.0.1"), settings.port("egress.port"));
  }

  /// The offline classifier's model instead of the shipped one: `worker.classifier.model`.
  Optional<Path> classifier() {
    return settings.text("worker.classifier.model").map(Path::of);
  }

  /// This build's connectors, and those published to `connectors.dir`.
  ///
  /// @throws IllegalArgumentException naming one that is refused
  Connectors connectors() {
    return settings
        .text("connectors.dir")
        .map(directory -> new PublishedConnectors(Path.of(directory)).load())
        .orElseGet(Connectors::builtIn);
  }

  /// Authorities that the gateway trusts instead of the JDK's: `worker.gateway.ca.file`, PEM.
  Optional<Path> worldAuthorities() {
    return settings.text("worker.gateway.ca.file").map(Path::of);
  }

  /// Who may name runners: `worker.runner.ca.file`, PEM. Without it no call goes by a runner.
  ///
  /// @throws IllegalArgumentException if the file holds no certificate
  List<X509Certificate> runnerAuthorities() {
    return settings
        .text("worker.runner.ca.file")
        .map(Path::of)
        .map(OwnCertificate::authorities)
        .orElseGet(List::of);
  }

  /// Where a test wants this process to die.
  FailPoint failPoint() {
    return settings
        .text("worker.failpoint")
        .map(Place::named)
        .map(place ->
            FailPoint.once(
                place,
                settings.text("worker.failpoint.step", ""),
                data,
                () -> Runtime.getRuntime().halt(FailPoint.HALTED)))
        .orElse(FailPoint.NONE);
  }

  static String topic(WorkerIdentity identity) {
    return "t.%s.step-commands.v1".formatted(identity.tenant());
  }

  /// The consumer of step commands. All workers of one version and environment share them.
  Map<String, Object> consumer(WorkerIdentity identity) {
    String principal = "tenant-%s-worker".formatted(identity.tenant());
    String version =
        identity.artifactDigest().substring("sha256:".length()).substring(0, SHORT_DIGEST);
    String protocol = settings.required("kafka.security.protocol");
    var consumer = new HashMap<String, Object>();
    consumer.put(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.required("kafka.bootstrap.servers"));
    consumer.put(
        ConsumerConfig.GROUP_ID_CONFIG,
        "t.%s.worker.%s.%s".formatted(identity.tenant(), version, identity.environment()));
    consumer.put(ConsumerConfig.CLIENT_ID_CONFIG, "worker-" + identity.worker());
    consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consumer.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    consumer.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
    // Static membership: a worker that is started again takes the place of the one that was killed.
    // Without it, one that dies while it joins holds up its whole group for five minutes.
    consumer.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, identity.worker());
    // A dead worker's partitions move within the lease of what it had claimed.
    consumer.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    consumer.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 4);
    consumer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    consumer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    consumer.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
    if (protocol.startsWith("SASL_")) {
      consumer.put(SaslConfigs.SASL_MECHANISM, settings.required("kafka.sasl.mechanism"));
      consumer.put(
          SaslConfigs.SASL_JAAS_CONFIG,
          jaas(principal, settings.required("kafka.user.%s.password".formatted(principal))));
    }
    if (protocol.endsWith("SSL")) {
      consumer.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      consumer.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, authority.toString());
    }
    return consumer;
  }

  private static String jaas(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\""
            .formatted(user)
        + " password=\"%s\";".formatted(password.replace("\\", "\\\\").replace("\"", "\\\""));
  }
}
