package ai.rails.projection;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.CompactRange;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.tenant.PersonEvent;
import ai.rails.domain.tenant.PersonEvent.PasskeyRegistered;
import ai.rails.domain.tenant.PersonEvent.RolesSet;
import ai.rails.platform.http.Problem;
import ai.rails.projection.ledger.TenantLogApi;
import ai.rails.schema.worker.WorkerProtocol.LogPage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What workers are given of their tenant's own log: all of it that witnesses have seen, and of
/// events those about passkeys.
class TenantLogTest {
  private static final PersonEvent PASSKEY =
      new PasskeyRegistered("sam", "ab".repeat(32), "Y3JlZGVudGlhbA", "a2V5", true, true);

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void pagesGiveTheCosignedRootAndTheEventsAboutPasskeys() {
    TestLog log = new TestLog("many", Header.TENANT_WORKSPACE);
    List<byte[]> records = new ArrayList<>();
    int all = TenantLogApi.PAGE + 20;
    for (int i = 1; i <= all; i++) {
      records.add(log.append(i == 7 ? PASSKEY : new RolesSet("p" + i, List.of("approver"))));
    }
    server.fold(log, records);
    long seen = all - 5L;
    Note _ = server.checkpoint(log, seen);

    CompactRange range = CompactRange.empty(0);
    List<String> about = new ArrayList<>();
    Checkpoint head = null;
    for (int pages = 0; head == null || range.to() < head.size(); pages++) {
      assertThat(pages).isLessThan(2);
      LogPage page = server.tenantLog("many", range.to() + 1);
      head = checkpoint(page);
      about.addAll(page.events().keySet());
      for (String each : page.leaves()) {
        byte[] leaf = Base64.getDecoder().decode(each);
        assertThat(Leaf.parse(leaf).seq()).isEqualTo(range.to() + 1);
        range = range.and(CompactRange.of(range.to(), range.to() + 1, List.of(Merkle.leaf(leaf))));
      }
    }

    assertThat(head.size()).isEqualTo(seen);
    assertThat(range.root()).isEqualTo(head.root());
    assertThat(about).containsExactly("7");
    assertThat(server.tenantLog("many", seen + 1).leaves()).isEmpty();
  }

  @Test
  void nothingOfAnotherTenantOrWorkspaceIsGiven() {
    TestLog other = new TestLog("other", "ws1");
    server.fold(other, log(other));
    Note _ = server.checkpoint(other, 1);

    assertThatThrownBy(() -> server.tenantLog("other", 1)).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> server.tenantLog("nobody", 1)).isInstanceOf(Problem.class);
  }

  private static List<byte[]> log(TestLog log) {
    return log.append(List.of(PASSKEY));
  }

  private static Checkpoint checkpoint(LogPage page) {
    byte[] note = page.checkpoint().getBytes(StandardCharsets.UTF_8);
    return Checkpoint.parse(Note.parse(note).text());
  }
}
