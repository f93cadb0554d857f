package ai.rails.app.journey;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.http.Api;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Tls;
import ai.rails.standin.Journal;
import ai.rails.standin.StandIns;
import ai.rails.standin.Transport;
import ai.rails.standin.vendor.Vendor;
import ai.rails.standin.vendor.VendorStandIn;

/// The outside world in the test's own process, so that it outlives a killed launcher and its
/// journal tells what really arrived.
final class Outside implements AutoCloseable {
  private final Path directory;
  private final World world;
  private final World.Secrets secrets;
  private final DevelopmentCa ca;
  private final String tenant = Flagship.newId();
  private final String workspace = Flagship.newId();
  private final List<String> vendors = new ArrayList<>();

  private Outside(Path directory, World world, World.Secrets secrets, DevelopmentCa ca) {
    this.directory = directory;
    this.world = world;
    this.secrets = secrets;
    this.ca = ca;
  }

  static Outside start(Path directory) throws IOException, GeneralSecurityException {
    var random = new SecureRandom();
    Path own = directory.resolve("world");
    Secrets kept = Secrets.open(own.resolve("secrets.properties"), random);
    String password = kept.of("tls.store.password");
    DevelopmentCa ca =
        DevelopmentCa.open(own.resolve("tls"), password, InstantSource.system(), random);
    World.Secrets secrets = World.Secrets.of(kept);
    World world =
        World.start(
            StandIns.Ports.free(),
            secrets,
            Tls.context(ca.server("world", World.hosts()).pkcs12(), password, ca.certificateFile()),
            own,
            InstantSource.system(),
            random);
    return new Outside(directory, world, secrets, ca);
  }

  World world() {
    return world;
  }

  /// One more service, under its own name; the caller closes it.
  VendorStandIn vendor(String host, Vendor vendor) throws IOException, GeneralSecurityException {
    Path own = directory.resolve("world");
    String password =
        Secrets.open(own.resolve("secrets.properties"), new SecureRandom())
            .of("tls.store.password");
    VendorStandIn started =
        VendorStandIn.start(
            new VendorStandIn.Start(
                vendor,
                new Transport.Tls(
                    Tls.context(
                        ca.server(host, List.of(host)).pkcs12(), password, ca.certificateFile())),
                0,
                Journal.open(own.resolve(host + ".jsonl"), InstantSource.system()),
                InstantSource.system()));
    vendors.add("%s:443=127.0.0.1:%d".formatted(host, started.port()));
    return started;
  }

  World.Secrets secrets() {
    return secrets;
  }

  /// What `rails up --servers` takes: this world in the place of the launcher's stand-ins.
  Path servers() {
    return servers(Map.of());
  }

  /// @param more further servers
  Path servers(Map<String, String> more) {
    var values = new TreeMap<String, String>(more);
    List<String> allowed = new ArrayList<>(vendors);
    allowed.add(World.developmentHosts(world.standIns().ports()));
    values.put("egress.development.allow", String.join(",", allowed));
    values.put("worker.gateway.ca.file", ca.certificateFile().toString());
    Path file = directory.resolve("elsewhere.properties");
    new EffectiveProperties(values).write(file);
    return file;
  }

  /// The flagship as the API of a launcher in another process sees it; published when it is new.
  Triage triage(Path data, boolean published) throws IOException, GeneralSecurityException {
    return published
        ? new Triage(flagship(data), world)
        : published(data, PinnedModel.offline(OfflineClassifier.standard()));
  }

  /// The flagship, published with a pinned model.
  Triage published(Path data, PinnedModel model) throws IOException, GeneralSecurityException {
    Flagship flagship = flagship(data);
    List<String> categories = List.copyOf(new TreeSet<>(OfflineClassifier.standard().labels()));
    flagship.admit();
    flagship.invite();
    flagship.connect(categories, model);
    flagship.publish(model, categories);
    return new Triage(flagship, world);
  }

  private Flagship flagship(Path data) throws IOException, GeneralSecurityException {
    return new Flagship(
        new Api(URI.create(effective(data).get("command.url"))),
        new People(DevelopmentIssuer.open(data, InstantSource.system(), () -> Flagship.newId())),
        secrets,
        tenant,
        workspace);
  }

  static Map<String, String> effective(Path data) {
    return EffectiveProperties.load(data.resolve(EffectiveProperties.FILE_NAME)).values();
  }

  @Override
  public void close() {
    world.close();
  }
}
