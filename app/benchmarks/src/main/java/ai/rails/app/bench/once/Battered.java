package ai.rails.app.bench.once;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.http.Tls;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;
import ai.rails.standin.sink.SinkStandIn;

/// A whole installation in processes that can be killed, and the sink outside the kill set, in this
/// process. Everything it knows lies in one directory, so that it can be taken up again.
final class Battered implements AutoCloseable {
  static final String SINK_HOST = "sink.airails.internal";

  /// What can be killed.
  enum Target {
    /// One of the workers, with its gateway.
    WORKER,
    /// The egress proxy.
    PROXY,
    /// The launcher's process: write side, relay, ledger, read side; its children end with it.
    COMMAND_SERVICES,
    BROKER,
    POSTGRES
  }

  private final Path directory;
  private final SinkStandIn sink;
  private final RailsProcess postgres;
  private final RailsProcess kafka;
  private final RailsProcess rails;

  private Battered(
      Path directory,
      SinkStandIn sink,
      RailsProcess postgres,
      RailsProcess kafka,
      RailsProcess rails) {
    this.directory = directory;
    this.sink = sink;
    this.postgres = postgres;
    this.kafka = kafka;
    this.rails = rails;
  }

  static Battered start(
      Path directory,
      Map<String, String> environment,
      String sinkToken,
      Consumer<Path> beforeRails,
      Consumer<String> progress) {
    List<AutoCloseable> started = new ArrayList<>();
    try {
      Path world = directory.resolve("world");
      Files.createDirectories(world);
      SecureRandom random = new SecureRandom();
      String password = Secrets.open(world.resolve("secrets.properties"), random).of("tls.store");
      DevelopmentCa ca =
          DevelopmentCa.open(world.resolve("tls"), password, InstantSource.system(), random);
      SinkStandIn sink =
          SinkStandIn.start(
              sinkToken,
              new Transport.Tls(
                  Tls.context(
                      ca.server("sink", List.of(SINK_HOST)).pkcs12(),
                      password,
                      ca.certificateFile())),
              0,
              Journal.open(world.resolve("sink.jsonl"), InstantSource.system()));
      started.addFirst(sink);
      progress.accept("starting PostgreSQL, Kafka and everything else, each as a process");
      RailsProcess postgres = server(directory, environment, "postgres");
      started.addFirst(postgres);
      RailsProcess kafka = server(directory, environment, "kafka");
      started.addFirst(kafka);
      Path servers = servers(directory, sink, ca);
      beforeRails.accept(directory.resolve("data"));
      RailsProcess rails =
          RailsProcess.start(
              directory.resolve("up.log"),
              "API on",
              environment,
              "up",
              "--data",
              directory.resolve("data").toString(),
              "--servers",
              servers.toString());
      return new Battered(directory, sink, postgres, kafka, rails);
    } catch (IOException | GeneralSecurityException e) {
      started.forEach(Battered::end);
      throw new Unavailable("the installation did not start: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      started.forEach(Battered::end);
      throw e;
    }
  }

  private static RailsProcess server(
      Path directory, Map<String, String> environment, String server) {
    return RailsProcess.start(
        directory.resolve(server + ".log"),
        "use them with",
        environment,
        "servers",
        server,
        "--data",
        directory.resolve(server).toString());
  }

  /// What `rails up --servers` takes.
  private static Path servers(Path directory, SinkStandIn sink, DevelopmentCa ca) {
    TreeMap<String, String> values = new TreeMap<>();
    for (String server : List.of("postgres", "kafka")) {
      values.putAll(
          EffectiveProperties.load(directory.resolve(server).resolve("servers.properties"))
              .values());
    }
    values.put(
        "egress.development.allow", SINK_HOST + ":443=127.0.0.1:" + Integer.toString(sink.port()));
    // Every kill is a failure of the sink to its breaker. Breakers stay on; they are set as an
    // operator may set them, so that the time goes into calls and not into waiting.
    values.put("calls.breaker.failures", "8");
    values.put("calls.breaker.seconds", "1");
    values.put("calls.breaker.longestSeconds", "5");
    values.put("worker.gateway.ca.file", ca.certificateFile().toString());
    Path file = directory.resolve("servers.properties");
    new EffectiveProperties(values).write(file);
    return file;
  }

  SinkStandIn sink() {
    return sink;
  }

  Path data() {
    return directory.resolve("data");
  }

  Map<String, String> effective() {
    return EffectiveProperties.load(data().resolve(EffectiveProperties.FILE_NAME)).values();
  }

  /// `kill -9`, and a start again where nobody else sees to it.
  ///
  /// @return false if there was nothing to kill at that moment
  boolean kill(Target target) {
    Optional<ProcessHandle> process = find(target);
    if (process.isEmpty()) {
      return false;
    }
    RailsProcess.kill(process.get());
    switch (target) {
      case COMMAND_SERVICES -> rails.restart();
      case BROKER -> kafka.restart();
      case WORKER, PROXY, POSTGRES -> {}
    }
    return true;
  }

  private Optional<ProcessHandle> find(Target target) {
    return switch (target) {
      case WORKER -> child("worker-");
      case PROXY -> child("egress");
      case COMMAND_SERVICES -> Optional.of(rails.handle()).filter(ProcessHandle::isAlive);
      case BROKER -> Optional.of(kafka.handle()).filter(ProcessHandle::isAlive);
      case POSTGRES -> postmaster();
    };
  }

  private Optional<ProcessHandle> child(String name) {
    try (Stream<Path> records = Files.list(data().resolve("run"))) {
      List<ProcessHandle> found =
          new ArrayList<>(
              records
                  .filter(file -> file.getFileName().toString().startsWith(name))
                  .filter(file -> file.toString().endsWith(".pid"))
                  .flatMap(
                      file -> ProcessIdentity.read(file).flatMap(ProcessIdentity::alive).stream())
                  .toList());
      Collections.shuffle(found);
      return found.stream().findFirst();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Optional<ProcessHandle> postmaster() {
    Path file = directory.resolve("postgres/postgres/cluster/postmaster.pid");
    try {
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().strip()));
    } catch (IOException | RuntimeException _) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    rails.close();
    kafka.close();
    postgres.close();
    sink.close();
  }

  private static void end(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      System.err.println("bench: " + e);
    }
  }
}
