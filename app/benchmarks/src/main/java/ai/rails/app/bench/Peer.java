package ai.rails.app.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.OfflineClassifier;

/// DBOS Transact for Java in this process, as its documentation sets it up. Thread-safe.
final class Peer implements Engine, AutoCloseable {
  private final DBOS dbos;
  private final Triage workflow;
  private final Marks marks = new Marks();
  private final Desk desk;
  private final Queue<String> incidents;
  private final List<Long> processes;
  private final AtomicLong started = new AtomicLong();

  private Peer(DBOS dbos, Desk desk, Collection<String> incidents, List<Long> processes) {
    this.dbos = dbos;
    this.desk = desk;
    this.incidents = new ConcurrentLinkedQueue<>(incidents);
    this.processes = List.copyOf(processes);
    this.workflow =
        dbos.registerProxy(
            Triage.class, new DurableTriage(dbos, desk, OfflineClassifier.standard(), marks));
  }

  /// Where it keeps its state.
  record Database(String url, String user, String password) {
    @Override
    public String toString() {
      return "Database[" + url + "]";
    }
  }

  /// @param incidents that nobody has triaged; each run takes one
  /// @param postmaster whose processes count as the peer's
  static Peer launch(Database database, Desk desk, Collection<String> incidents, long postmaster) {
    DBOSConfig config =
        DBOSConfig.defaults("triage")
            .withDatabaseUrl(database.url())
            .withDbUser(database.user())
            .withDbPassword(database.password())
            .withUseListenNotify(true);
    DBOS dbos = new DBOS(config);
    Peer peer =
        new Peer(
            dbos,
            desk,
            new ArrayDeque<>(incidents),
            List.of(ProcessHandle.current().pid(), postmaster));
    dbos.launch();
    return peer;
  }

  static String version() {
    return DBOS.version();
  }

  /// The verdict is sent as soon as the workflow asks: the human takes no time.
  @Override
  public String once() {
    String sysId = incidents.poll();
    if (sysId == null) {
      throw new Unavailable("all incidents are triaged; seed more for this many runs");
    }
    String run = "triage-" + started.incrementAndGet();
    Marks.Run times = marks.of(run);
    var handle = dbos.startWorkflow(() -> workflow.triage(sysId), new StartWorkflowOptions(run));
    times.awaitAsked();
    times.decided();
    dbos.send(run, DurableTriage.APPROVE, DurableTriage.APPROVAL);
    String receipt = handle.getResult();
    if (receipt.isEmpty()) {
      throw new Unavailable("run " + run + " ended without a receipt");
    }
    return run;
  }

  @Override
  public Map<String, Duration> overheads(Collection<String> runs) {
    Map<String, Duration> overheads = new HashMap<>();
    runs.forEach(run -> overheads.put(run, marks.of(run).overhead()));
    return overheads;
  }

  @Override
  public List<Long> processes() {
    return processes;
  }

  @Override
  public void close() {
    dbos.close();
    desk.close();
  }
}
