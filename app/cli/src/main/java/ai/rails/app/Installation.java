package ai.rails.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.platform.telemetry.Measure;

/// A running installation as `rails status` sees it.
record Installation(
    String state,
    long pid,
    @JsonProperty("readyAfterSeconds") double readyAfterSeconds,
    List<Part> parts,
    SortedMap<String, Long> figures) {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One stage and its health.
  record Part(String name, String health) {
    boolean up() {
      return health.startsWith("up");
    }
  }

  Installation {
    parts = List.copyOf(parts);
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }

  static Installation of(Launcher launcher) {
    return new Installation(
        launcher.state().name(),
        ProcessHandle.current().pid(),
        launcher.readyAfterSeconds(),
        launcher.running().stream().map(stage -> new Part(stage.name(), stage.health())).toList(),
        figures(launcher.running()));
  }

  private static SortedMap<String, Long> figures(List<Stage> stages) {
    SortedMap<String, Long> figures = new TreeMap<>();
    for (Stage stage : stages) {
      for (Measure measure : stage.measures()) {
        measure.now().ifPresent(value -> figures.put(measure.name(), value));
      }
    }
    return figures;
  }

  /// Asks the launcher of this directory; empty when none answers.
  static Optional<Installation> ask(DataDirectory data) {
    if (LauncherLock.holder(data).isEmpty() || !Files.exists(data.effectiveProperties())) {
      return Optional.empty();
    }
    Optional<String> port =
        EffectiveProperties.load(data.effectiveProperties()).find("launcher.port");
    return port.flatMap(Installation::askAt);
  }

  private static Optional<Installation> askAt(String port) {
    URI health = URI.create("http://127.0.0.1:" + port + "/health");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(health).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return Optional.of(JSON.readValue(answer.body(), Installation.class));
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  boolean ready() {
    return Launcher.State.READY.name().equals(state);
  }

  boolean healthy() {
    return ready() && parts.stream().allMatch(Part::up);
  }
}
