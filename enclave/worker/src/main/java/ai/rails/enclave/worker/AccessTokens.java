package ai.rails.enclave.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.worker.CallPort.Granted;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Turn;
import ai.rails.enclave.worker.ControlPlane.Nothing;
import ai.rails.enclave.worker.Credentials.Access;
import ai.rails.enclave.worker.Credentials.Opened;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// Credentials with a refresh token, and the access tokens that were granted for them. A token
/// endpoint may take each refresh token once only: of all workers one asks it at a time, and what
/// it gives is stored, sealed to the instance's ingest key, before it is used. Thread-safe.
final class AccessTokens {
  private static final Logger LOG = LoggerFactory.getLogger(AccessTokens.class);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int PAUSES_MOST = 10;

  /// A token endpoint that is this slow for others is not waited for.
  private static final Duration WAIT = Duration.ofSeconds(20);

  /// A call that begins with a token should end with it.
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final int GRANT_BYTES = 16;

  private final ControlPlane controlPlane;
  private final Credentials credentials;
  private final Keys keys;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Map<String, Held> newest = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private final Map<String, ReentrantLock> storing = new ConcurrentHashMap<>();

  /// @param random secure
  AccessTokens(
      ControlPlane controlPlane,
      Credentials credentials,
      Keys keys,
      InstantSource clock,
      RandomGenerator random) {
    this.controlPlane = controlPlane;
    this.credentials = credentials;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /// A credential as this worker knows it.
  ///
  /// @param since the credential that came with the workflow when this one was learnt; where
  ///   another one comes with it that is newer
  /// @param grant under which it is still to be stored; until then there is no newer one
  private record Held(String since, Opened credential, Optional<String> grant) {
    static Held learnt(String since, Opened credential) {
      return new Held(since, credential, Optional.empty());
    }

    Optional<String> token(Instant at) {
      return credential.access().filter(each -> at.isBefore(each.until())).map(Access::token);
    }
  }

  /// The newest members of the instance's credential.
  ///
  /// @return none if the instance has no credential
  Map<String, String> credential(String tenant, Instance instance) {
    return instance.credential().isEmpty()
        ? Map.of()
        : held(tenant, instance).credential().members();
  }

  private Held held(String tenant, Instance instance) {
    String since = instance.credential().orElseThrow();
    Held known = newest.get(instance.instance());
    return known != null && (known.grant().isPresent() || known.since().equals(since))
        ? known
        : Held.learnt(since, credentials.open(tenant, instance, since));
  }

  /// For one intended call.
  Refreshing of(Work work, Instance instance, String callId) {
    byte[] grant = new byte[GRANT_BYTES];
    random.nextBytes(grant);
    return new ForCall(work, instance, callId, HexFormat.of().formatHex(grant));
  }

  /// Stores what is still to be stored, on a thread of its own: what was given is given, whatever
  /// becomes of the call.
  ///
  /// @return false if it was overtaken
  private boolean store(String instance, Held held) throws InterruptedException {
    var task = new FutureTask<Boolean>(() -> storeOnce(instance, held));
    Thread.ofVirtual().name("store-" + instance).start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  private boolean storeOnce(String instance, Held held) throws InterruptedException {
    ReentrantLock lock = storing.computeIfAbsent(instance, _ -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Held now = newest.get(instance);
      if (!held.equals(now)) {
        return now != null && now.credential().equals(held.credential());
      }
      Held stored = Held.learnt(held.since(), held.credential());
      switch (controlPlane.keepRefreshed(request(instance, held), keys)) {
        case Answer.Given<Nothing> _ -> newest.replace(instance, held, stored);
        case Answer.Conflict<Nothing>(String code) -> {
          LOG.warn("credential overtaken instance={} code={}", instance, code);
          newest.remove(instance, held);
          return false;
        }
      }
    } catch (ControlPlaneRefused e) {
      // It is kept here, and the next call tries again.
      LOG.error("credential not stored instance={} reason={}", instance, e.getMessage());
    } finally {
      lock.unlock();
    }
    return true;
  }

  private static Refreshed request(String instance, Held held) {
    return new Refreshed(
        instance, held.grant().orElseThrow(), Optional.of(held.credential().sealed()));
  }

  private final class ForCall implements Refreshing {
    private final Work work;
    private final Instance instance;
    private final String callId;
    private final String grant;
    private Optional<Held> granted = Optional.empty();

    private ForCall(Work work, Instance instance, String callId, String grant) {
      this.work = work;
      this.instance = instance;
      this.callId = callId;
      this.grant = grant;
    }

    private String tenant() {
      return work.claimed().tenant();
    }

    @Override
    public Turn take() throws InterruptedException {
      try {
        return turn();
      } catch (ContentRefused e) {
        LOG.error("no access token call={} reason={}", callId, e.getMessage());
        return new Turn.Not(e.code().name(), false);
      } catch (ControlPlaneRefused e) {
        LOG.error("no access token call={} reason={}", callId, e.getMessage());
        return new Turn.Not("REFRESH_REFUSED", true);
      }
    }

    private Turn turn() throws InterruptedException {
      Instant end = clock.instant().plus(WAIT);
      for (int pauses = 1; clock.instant().isBefore(end); ) {
        Held held = stored(held(tenant(), instance));
        Optional<String> token =
            held.token(clock.instant())
                .filter(each -> !each.equals(refused.get(instance.instance())));
        if (token.isPresent()) {
          return new Turn.Kept(token.get());
        }
        Refresh answer = ask(held);
        switch (answer.state()) {
          case "GRANTED" -> {
            granted = Optional.of(held);
            return new Turn.Ours(held.credential().members());
          }
          case "CHANGED" -> {
            String changed = answer.credential().orElseThrow();
            newest.put(
                instance.instance(),
                Held.learnt(held.since(), credentials.open(tenant(), instance, changed)));
          }
          default -> Thread.sleep(PAUSE.multipliedBy(Math.min(pauses++, PAUSES_MOST)));
        }
      }
      return new Turn.Not("TOKEN_BUSY", true);
    }

    private Refresh ask(Held held) throws InterruptedException {
      return controlPlane
          .askRefresh(
              callId,
              new AskRefresh(work.attempt(), held.credential().sha256(), grant),
              work.fence())
          .orAbandon();
    }

    /// What an earlier call could not store is stored now, or given up where it was overtaken.
    private Held stored(Held held) throws InterruptedException {
      return held.grant().isEmpty() || store(instance.instance(), held)
          ? held
          : held(tenant(), instance);
    }

    @Override
    public boolean keep(Granted answer) throws InterruptedException {
      Held before = granted.orElseThrow();
      Map<String, String> members = new HashMap<>(before.credential().members());
      answer.refreshToken().ifPresent(token -> members.put(Granted.REFRESH_TOKEN, token));
      Duration half = answer.lives().dividedBy(2);
      Duration used = answer.lives().minus(half.compareTo(MARGIN) < 0 ? half : MARGIN);
      var access = new Access(answer.accessToken(), clock.instant().plus(used));
      Held next =
          new Held(
              before.since(),
              credentials.sealed(tenant(), instance, members, access),
              Optional.of(grant));
      newest.put(instance.instance(), next);
      return store(instance.instance(), next);
    }

    @Override
    public void giveBack() throws InterruptedException {
      try {
        var _ =
            controlPlane.keepRefreshed(
                new Refreshed(instance.instance(), grant, Optional.empty()), work.fence());
      } catch (ControlPlaneRefused | Abandoned e) {
        LOG.warn("grant not given back instance={} reason={}", instance.instance(), e.getMessage());
      }
    }

    @Override
    public void refused(String accessToken) {
      refused.put(instance.instance(), accessToken);
    }
  }
}
