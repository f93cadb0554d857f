package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.platform.http.Tls;
import ai.rails.standin.Fault;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;
import ai.rails.standin.sink.SinkStandIn;

/// The service that is called, in a process of its own, so that neither its memory nor its heap is
/// counted as the gateway's. A call whose item begins with `hold-` is answered late.
public final class Counterpart {
  static final Duration HELD = Duration.ofSeconds(40);
  private static final Duration START = Duration.ofSeconds(30);

  private Counterpart() {}

  /// @param arguments a file with `data.dir`, `tls.store`, `tls.password`, `tls.ca.file`, `token`
  public static void main(String[] arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    Map<String, String> values = EffectiveProperties.load(Path.of(arguments[0])).values();
    Path data = Path.of(values.getOrDefault("data.dir", ""));
    SinkStandIn sink =
        SinkStandIn.start(
            values.getOrDefault("token", ""),
            new Transport.Tls(
                Tls.context(
                    Path.of(values.getOrDefault("tls.store", "")),
                    values.getOrDefault("tls.password", ""),
                    Path.of(values.getOrDefault("tls.ca.file", "")))),
            0,
            Journal.open(data.resolve("sink.jsonl"), InstantSource.system()));
    sink.faults()
        .inject(
            Integer.MAX_VALUE,
            request -> request.body().contains("\"hold-"),
            new Fault.SlowAnswer(HELD));
    Path port = data.resolve("sink.port");
    Files.writeString(data.resolve("sink.port.new"), Integer.toString(sink.port()));
    Files.move(data.resolve("sink.port.new"), port);
    // Its parent's end is the end of its input.
    int _ = System.in.read();
    sink.close();
    System.exit(0);
  }

  /// Starts it and waits for its port.
  static Running start(Path data, Map<String, String> settings) throws IOException {
    Path file = Files.createDirectories(data.resolve("run")).resolve("sink.properties");
    TreeMap<String, String> values = new TreeMap<>(settings);
    values.put("data.dir", data.toString());
    new EffectiveProperties(values).write(file);
    ChildProcess child =
        ChildProcess.start(data, new ChildProcess.Command("sink", java(file), Map.of()));
    Path port = data.resolve("sink.port");
    if (!Wait.until(START, () -> Files.exists(port))) {
      child.close();
      throw new Unavailable("the stand-in does not listen; see logs/sink.log");
    }
    return new Running(child, Integer.parseInt(Files.readString(port)));
  }

  /// @param port on the loopback address
  record Running(ChildProcess process, int port) implements AutoCloseable {
    @Override
    public void close() {
      process.close();
    }
  }

  private static List<String> java(Path properties) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        Counterpart.class.getName(),
        properties.toString());
  }
}
