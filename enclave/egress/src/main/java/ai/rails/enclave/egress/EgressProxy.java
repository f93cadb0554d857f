package ai.rails.enclave.egress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.egress.Refusal.RefusedException;
import ai.rails.platform.ticket.EgressTicket;

/// Opens one tunnel for each ticket, and nothing else. HTTP/1.1 CONNECT on plain sockets, a virtual
/// thread for each connection.
///
/// `EgressProxy [--exit-with-parent] effective.properties` prints `READY egress <port>` when it
/// listens.
public final class EgressProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EgressProxy.class);
  private static final String EXIT_WITH_PARENT = "--exit-with-parent";
  private static final Duration HEAD = Duration.ofSeconds(5);
  private static final int REMEMBERED = 100_000;
  private static final int BACKLOG = 256;
  private static final int UNADMITTED = 1_024;

  private final ServerSocket server;
  private final Admission admission;
  private final Destinations destinations;
  private final Places places;
  private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
  private final LongAdder opened = new LongAdder();
  private final Semaphore connections;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("egress-close-at").factory());

  private EgressProxy(
      ServerSocket server, EgressConfig config, Resolver resolver, InstantSource clock) {
    this.server = server;
    this.admission =
        new Admission(config.proxyId(), config.ticketKey(), new TicketMemory(REMEMBERED), clock);
    this.destinations = new Destinations(resolver, config.development(), config.privateTargets());
    this.places = new Places(config.tunnels(), config.tenantTunnels());
    this.connections = new Semaphore(config.tunnels() + UNADMITTED);
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, new LongAdder());
    }
  }

  /// Runs the proxy as a process until it is killed or, on demand, until its parent is gone.
  @SuppressWarnings("SystemOut") // The parent process reads the READY line.
  public static void main(String... arguments) throws IOException {
    List<String> given = List.of(arguments);
    boolean exitWithParent = given.contains(EXIT_WITH_PARENT);
    List<String> files = given.stream().filter(each -> !each.startsWith("--")).toList();
    if (files.size() != 1 || given.size() != (exitWithParent ? 2 : 1)) {
      throw new IllegalArgumentException(
          "usage: EgressProxy [%s] effective.properties".formatted(EXIT_WITH_PARENT));
    }
    EgressProxy proxy = start(Path.of(files.getFirst()), InstantSource.system());
    System.out.println("READY egress " + proxy.port());
    if (exitWithParent) {
      // The parent holds the other end and writes nothing; the end of input is its death.
      System.in.transferTo(OutputStream.nullOutputStream());
      proxy.close();
    }
  }

  /// Listens as the file says. Tickets issued before this moment are refused.
  public static EgressProxy start(Path properties, InstantSource clock) throws IOException {
    return start(EgressConfig.load(properties), Resolver.system(), clock);
  }

  static EgressProxy start(EgressConfig config, Resolver resolver, InstantSource clock)
      throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(config.bind(), config.port()), BACKLOG);
    EgressProxy proxy = new EgressProxy(server, config, resolver, clock);
    Thread.ofPlatform().name("egress-accept").start(proxy::accept);
    LOG.atInfo()
        .addKeyValue("proxyId", config.proxyId())
        .addKeyValue("port", proxy.port())
        .addKeyValue("developmentTargets", config.development().size())
        .log("egress proxy listens");
    return proxy;
  }

  public int port() {
    return server.getLocalPort();
  }

  /// How many tunnels were opened since the start.
  public long opened() {
    return opened.sum();
  }

  /// How many requests were refused with a reason code since the start.
  ///
  /// @throws IllegalArgumentException if there is no such code
  public long refused(String code) {
    return count(Refusal.valueOf(code)).sum();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop listening", e);
    } finally {
      timer.shutdownNow();
      threads.shutdownNow();
      clients.forEach(Sockets::close);
      destinations.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (connections.tryAcquire()) {
          threads.execute(() -> serve(client));
        } else {
          count(Refusal.BUSY).increment();
          Sockets.close(client);
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.atWarn().setCause(e).log("a connection was not accepted");
        }
      }
    }
  }

  private void serve(Socket client) {
    clients.add(client);
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      try {
        handle(client, in);
      } catch (RefusedException e) {
        refuse(client, e.refusal());
      }
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.getClass().getSimpleName()).log("a client left");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
      connections.release();
    }
  }

  private void handle(Socket client, InputStream in)
      throws IOException, RefusedException, InterruptedException {
    ConnectRequest request = ConnectRequest.read(client, in, HEAD);
    EgressTicket ticket = admission.admit(request);
    places.enter(ticket.tenant());
    try (Socket host = destinations.connect(request.target())) {
      opened.increment();
      client
          .getOutputStream()
          .write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Tunnel.Carried carried =
          new Tunnel(client, host).carry(ticket, in, admission.tunnelMillis(ticket), timer);
      log(ticket, carried);
    } catch (RefusedException e) {
      LOG.atWarn()
          .addKeyValue("tenant", ticket.tenant())
          .addKeyValue("call", ticket.callId())
          .addKeyValue("target", request.target())
          .addKeyValue("code", e.refusal())
          .log("the destination of a ticket is refused");
      throw e;
    } finally {
      places.leave(ticket.tenant());
    }
  }

  private static void log(EgressTicket ticket, Tunnel.Carried carried) {
    LOG.atInfo()
        .addKeyValue("tenant", ticket.tenant())
        .addKeyValue("call", ticket.callId())
        .addKeyValue("epoch", ticket.epoch())
        .addKeyValue("end", carried.end())
        .addKeyValue("up", carried.up())
        .addKeyValue("down", carried.down())
        .log("tunnel ended");
  }

  private void refuse(Socket client, Refusal refusal) throws IOException {
    count(refusal).increment();
    LOG.atWarn().addKeyValue("code", refusal).log("tunnel refused");
    String answer =
        """
        HTTP/1.1 %d Refused\r
        X-Rails-Refusal: %s\r
        %sContent-Length: 0\r
        Connection: close\r
        \r
        """
            .formatted(
                refusal.status(),
                refusal,
                refusal == Refusal.NO_TICKET ? "Proxy-Authenticate: Ticket\r\n" : "");
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    client.shutdownOutput();
  }

  private LongAdder count(Refusal refusal) {
    LongAdder counter = refusals.get(refusal);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + refusal);
    }
    return counter;
  }
}
