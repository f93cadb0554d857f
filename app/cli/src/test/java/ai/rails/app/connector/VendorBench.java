package ai.rails.app.connector;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import ai.rails.connector.Connectors;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.standin.Form;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.Request;
import ai.rails.standin.Transport;
import ai.rails.standin.vendor.Vendor;
import ai.rails.standin.vendor.VendorStandIn;

/// A vendor's stand-in over TLS, behind the real gateway and the real egress proxy.
final class VendorBench implements AutoCloseable {
  /// What every request of the gateway has.
  private static final Set<String> ALWAYS =
      Set.of(
          "host", "user-agent", "accept-encoding", "connection", "content-type", "content-length");

  private final VendorCase which;
  private final VendorStandIn standIn;
  private final Governed governed;

  VendorBench(Path directory, VendorCase which) throws Exception {
    this(directory, which, which.vendor().get());
  }

  VendorBench(Path directory, VendorCase which, Vendor vendor) throws Exception {
    this.which = which;
    List<String> hosts = new ArrayList<>(which.places());
    hosts.add(which.host());
    Governed.Names names = new Governed.Names(directory.resolve("tls"), hosts);
    standIn =
        VendorStandIn.start(
            new VendorStandIn.Start(
                vendor,
                new Transport.Tls(names.serving()),
                0,
                Journal.open(directory.resolve("vendor.jsonl"), InstantSource.system()),
                InstantSource.system()));
    Map<String, Integer> places = new HashMap<>();
    hosts.forEach(each -> places.put(each + ":443", standIn.port()));
    governed = new Governed(directory, names, Connectors.builtIn(), places);
    which.seed().ifPresent(each -> standIn.journal().effect(each.getKey(), each.getValue()));
  }

  Governed governed() {
    return governed;
  }

  VendorStandIn standIn() {
    return standIn;
  }

  Result execute(Governed.Call call) throws InterruptedException {
    return governed.execute(call);
  }

  Result execute() throws InterruptedException {
    return execute(which.call());
  }

  Result recover() throws InterruptedException {
    return execute(which.call().recover());
  }

  /// How often the call's effect was had.
  long effects() {
    return which.effect().map(standIn.journal()::effects).orElse(0L);
  }

  /// Every request as `METHOD host path?{query} {headers} body`, the call's id as `{id}`.
  List<String> received() {
    return standIn.received().stream().map(VendorBench::text).toList();
  }

  private static String text(Request request) {
    Map<String, String> headers = new TreeMap<>(request.headers());
    headers.keySet().removeAll(ALWAYS);
    String query = request.rawQuery().isEmpty() ? "" : "?" + new TreeMap<>(request.query());
    String body =
        switch (request.mediaType()) {
          case "application/json" -> " " + Json.parse(request.body());
          case "application/x-www-form-urlencoded" ->
              " " + new TreeMap<>(Form.decode(request.body()));
          default -> "";
        };
    String text =
        "%s %s %s%s %s%s"
            .formatted(
                request.method(),
                request.header("host").orElse(""),
                request.path(),
                query.replace('\'', '"'),
                headers,
                body);
    return text.replace(VendorCase.ID, "{id}").replace('"', '\'');
  }

  /// All that is kept of a call.
  static String kept(Result result) {
    StringBuilder all = new StringBuilder(result.toString());
    result
        .evidence()
        .values()
        .forEach(each -> all.append(new String(each, StandardCharsets.UTF_8)));
    return all.toString();
  }

  @Override
  public void close() {
    governed.close();
    standIn.close();
  }
}
