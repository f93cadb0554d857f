package ai.rails.standin;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The product's side of a callback: takes any request and keeps it.
public final class ReceivedCallbacks implements Service, AutoCloseable {
  private final List<Request> received = new CopyOnWriteArrayList<>();
  private final LocalServer server;

  public ReceivedCallbacks(Journal journal) {
    server = LocalServer.start(new Transport.Plain(), 0, this, journal, new Faults());
  }

  public URI uri() {
    return server.uri().resolve("/v1/hooks");
  }

  public List<Request> received() {
    return received;
  }

  @Override
  public Response answer(Request request) {
    received.add(request);
    return Response.empty(202);
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return Response.empty(500);
  }

  @Override
  public void close() {
    server.close();
  }
}
