package ai.rails.stream.provisioner;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.stream.kafka.KafkaAccess;

/// Carries out at the brokers what administrators ask for SIEM subscribers. It looks at what is
/// open and remembers nothing: what was cut short is done again.
///
/// The password is made here, set at the brokers, sealed to the key of whoever asked, and
/// forgotten. One thread of its own.
public final class SiemProvisioner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SiemProvisioner.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Admin admin;
  private final SiemPrincipals principals;
  private final SiemDesk desk;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  private SiemProvisioner(Admin admin, SiemDesk desk, RandomGenerator random) {
    this.admin = admin;
    this.principals = new SiemPrincipals(admin, random);
    this.desk = desk;
    this.thread = Thread.ofVirtual().name("siem-provisioner").unstarted(this::run);
  }

  /// @param token gives a service token at each call
  /// @param random cryptographically strong
  public static SiemProvisioner start(
      Properties config, Supplier<String> token, RandomGenerator random) {
    Admin admin = Admin.create(new KafkaAccess(config).client("svc-provisioner"));
    return start(
        admin, new HttpSiemDesk(URI.create(config.getProperty("command.url")), token), random);
  }

  /// @param admin is closed with this
  public static SiemProvisioner start(Admin admin, SiemDesk desk, RandomGenerator random) {
    var provisioner = new SiemProvisioner(admin, desk, random);
    provisioner.thread.start();
    return provisioner;
  }

  public boolean up() {
    return thread.isAlive();
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(Duration.ofSeconds(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    admin.close(Duration.ofSeconds(5));
    if (desk instanceof HttpSiemDesk http) {
      http.close();
    }
  }

  private void run() {
    Duration pause = LOOK;
    try {
      while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = look() ? LOOK : longer(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether everything that was open was done.
  private boolean look() throws InterruptedException {
    try {
      boolean all = true;
      for (SiemDesk.Work work : desk.open()) {
        all &= carryOut(work);
      }
      return all;
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the SIEM desk is closed, asking again");
      return false;
    }
  }

  private boolean carryOut(SiemDesk.Work work) throws InterruptedException {
    try {
      if (work.revocation()) {
        principals.remove(work.principal());
        desk.done(work, new byte[0]);
      } else {
        byte[] recipient = Base64.getDecoder().decode(work.recipient());
        byte[] password = principals.set(work.tenant(), work.principal());
        desk.done(work, HpkeKeyPair.seal(recipient, password, work.purpose()));
        Arrays.fill(password, (byte) 0);
      }
      LOG.atInfo()
          .addKeyValue("tenant", work.tenant())
          .addKeyValue("principal", work.principal())
          .addKeyValue("act", work.act())
          .log("SIEM subscriber carried out");
      return true;
    } catch (ExecutionException
        | IOException
        | GeneralSecurityException
        | KafkaException
        | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("tenant", work.tenant())
          .addKeyValue("principal", work.principal())
          .addKeyValue("act", work.act())
          .setCause(e)
          .log("SIEM subscriber not carried out yet, trying again");
      return false;
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
  }
}
