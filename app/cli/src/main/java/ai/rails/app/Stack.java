package ai.rails.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.enclave.classifier.Model;

/// Everything on this machine, in this process, for a program that drives it: the benchmarks.
public final class Stack implements AutoCloseable {
  private final DataDirectory directory;
  private final Session session;

  private Stack(DataDirectory directory, Session session) {
    this.directory = directory;
    this.session = session;
  }

  /// Starts everything and returns when it is ready.
  ///
  /// @throws Unavailable when another launcher has the directory, or a part does not start
  public static Stack start(Path data, Map<String, String> environment, Consumer<String> progress) {
    DataDirectory directory = DataDirectory.of(data).create();
    return new Stack(directory, Session.start(directory, environment, progress));
  }

  /// The same with servers that were started elsewhere.
  ///
  /// @param servers file as `rails up --servers` takes it
  public static Stack start(
      Path data, Path servers, Map<String, String> environment, Consumer<String> progress) {
    DataDirectory directory = DataDirectory.of(data).create();
    return new Stack(
        directory, Session.start(directory, Elsewhere.read(servers), environment, progress));
  }

  /// Part to health, as `rails status` shows it.
  public Map<String, String> health() {
    return session.standing().parts().stream()
        .collect(Collectors.toMap(Installation.Part::name, Installation.Part::health));
  }

  /// Gives development tokens to people.
  public People people() {
    return new People(session.installed().stages().issuer());
  }

  public EffectiveProperties properties() {
    return session.properties();
  }

  /// The outside world, where incidents are reported.
  public World world() {
    return session.installed().world().world();
  }

  /// The flagship for a new tenant, published and granted, its worker holding its keys. All of the
  /// model's categories may be written.
  public Flagship flagship(Model model) {
    return flagship(model, PinnedModel.Provider.OFFLINE_CLASSIFIER);
  }

  /// The same with a vendor's model, whose stand-in says what `model` would.
  public Flagship flagship(Model model, PinnedModel.Provider provider) {
    return flagship(model, provider, UnaryOperator.identity());
  }

  /// The same with a workflow that differs from the pack's.
  public Flagship flagship(
      Model model, PinnedModel.Provider provider, UnaryOperator<String> difference) {
    List<String> categories = List.copyOf(new TreeSet<>(model.labels()));
    session.installed().workers().set("worker.classifier.model", write(model).toString());
    Flagship flagship =
        new Flagship(
            new Api(URI.create(properties().require("command.url"))),
            new People(session.installed().stages().issuer()),
            session.installed().world().secrets(),
            Flagship.newId(),
            Flagship.newId());
    flagship.admit();
    flagship.invite();
    PinnedModel pinned = PinnedModel.of(provider, model);
    world().answerWith(model);
    flagship.connect(categories, pinned);
    flagship.publish(pinned, categories, difference);
    flagship.awaitReady(session.installed().stages().services());
    return flagship;
  }

  private Path write(Model model) {
    Path models = directory.root().resolve("models");
    Path file = models.resolve("stack.model");
    try {
      Files.createDirectories(models);
      return Files.write(file, model.bytes());
    } catch (IOException e) {
      throw new Unavailable("%s can not be written".formatted(file), e);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
