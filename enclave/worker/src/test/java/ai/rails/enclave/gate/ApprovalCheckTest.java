package ai.rails.enclave.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.tenant.PersonEvent.RolesSet;
import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;
import ai.rails.schema.worker.WorkerProtocol.LogPage;
import ai.rails.schema.worker.WorkerProtocol.SignedApproval;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// What a control plane that lies can make this worker send: nothing. Each test is one lie.
class ApprovalCheckTest {
  private static final String TENANT = "t1";
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String OTHER = "sha256:" + "cd".repeat(32);
  private static final Instant NOON = Registry.NOON;

  private final Registry log = new Registry(TENANT);
  private final Signer sam = Signer.of(TENANT, "sam");
  private final Signer mia = Signer.of(TENANT, "mia");
  private final List<Duration> pauses = new ArrayList<>();
  private TenantLog.Source source = from -> log.page(from, NOON);
  private TlogPolicy policy = log.parsed();
  private Supplier<TlogPolicy> reads = () -> policy;
  private Instant now = NOON;
  private boolean twoPersons = true;

  private ApprovalCheck check() {
    var trust =
        new TenantLog.Trust(
            log.origin,
            () -> reads.get(),
            Duration.ofHours(2),
            twoPersons,
            (InstantSource) () -> now);
    return new ApprovalCheck(TENANT, new TenantLog(from -> source.page(from), trust), pauses::add);
  }

  private static Gate gate(int quorum) {
    return new Gate(
        "write",
        "approver",
        quorum,
        Duration.ofHours(4),
        Map.of(),
        Optional.empty(),
        true,
        List.of(),
        List.of());
  }

  private static Optional<SignedApprovals> told(int quorum, SignedApproval... approvals) {
    return Optional.of(new SignedApprovals(quorum, List.of(approvals)));
  }

  private void accept(Signer signer) {
    log.add(signer.registered(false)).add(signer.decided(true, "ada"));
  }

  private String refusal(ApprovalCheck check, Optional<SignedApprovals> told) {
    return refusal(check, Optional.of(gate(1)), told);
  }

  private static String refusal(
      ApprovalCheck check, Optional<Gate> gate, Optional<SignedApprovals> told) {
    ApprovalRefused refused =
        catchThrowableOfType(ApprovalRefused.class, () -> check.require(gate, DIGEST, told));
    return refused == null ? "let through" : refused.code();
  }

  @Test
  void aCallLeavesThatItsApproverSignedWithHisOwnPasskey() {
    accept(sam);

    assertThatCode(
            () -> check().require(Optional.of(gate(1)), DIGEST, told(1, sam.approve(DIGEST))))
        .doesNotThrowAnyException();
    assertThat(pauses).isEmpty();
  }

  @Test
  void aCallThatNobodyHadToSignLeavesWithoutAnybodyBeingAsked() {
    source =
        from -> {
          throw new AssertionError("the log is not needed");
        };

    assertThat(refusal(check(), Optional.empty(), Optional.empty())).isEqualTo("let through");
  }

  @Test
  void whatTheSignedWorkflowDemandsIsDemandedWhateverIsTold() {
    accept(sam);

    assertThat(refusal(check(), Optional.empty())).isEqualTo("APPROVAL_NOT_SIGNED");
    assertThat(refusal(check(), told(0))).isEqualTo("APPROVAL_NOT_SIGNED");
    assertThat(refusal(check(), Optional.of(gate(2)), told(1, sam.approve(DIGEST))))
        .isEqualTo("APPROVAL_NOT_SIGNED");
  }

  @Test
  void theFewestThatTheWorkflowEverAsksAreEnough() {
    accept(sam);
    var gate =
        new Gate(
            "write",
            "approver",
            3,
            Duration.ofHours(4),
            Map.of(),
            Optional.empty(),
            true,
            List.of(new Tier("inputs.amount > 10", "board", 2)),
            List.of(new Escalate(Duration.ofHours(1), "managers", 1)));

    assertThat(refusal(check(), Optional.of(gate), told(1, sam.approve(DIGEST))))
        .isEqualTo("let through");
    assertThat(refusal(check(), Optional.of(gate), told(2, sam.approve(DIGEST))))
        .isEqualTo("APPROVAL_NOT_SIGNED");
  }

  @Test
  void onePersonAndOneKeyCountOnce() {
    accept(sam);
    accept(mia);

    assertThat(refusal(check(), told(2, sam.approve(DIGEST), sam.approve(DIGEST))))
        .isEqualTo("APPROVAL_NOT_SIGNED");
    assertThat(refusal(check(), told(2, sam.approve(DIGEST), sam.as("mia").approve(DIGEST))))
        .isEqualTo("PASSKEY_OF_ANOTHER");
    assertThat(refusal(check(), told(2, sam.approve(DIGEST), mia.approve(DIGEST))))
        .isEqualTo("let through");
  }

  @Test
  void aSignatureOverAnotherCallOrByAnotherTenantsPersonApprovesNothing() {
    accept(sam);
    SignedApproval renamed = new SignedApproval("mia", sam.approve(DIGEST).signature());

    assertThat(refusal(check(), told(1, sam.approve(OTHER))))
        .isEqualTo("APPROVAL_DIGEST_NOT_SIGNED");
    assertThat(refusal(check(), told(1, renamed))).isEqualTo("APPROVAL_CHALLENGE_DIFFERS");
    Signer elsewhere = new Signer("t2", "sam", sam.name(), sam.keys());
    assertThat(refusal(check(), told(1, elsewhere.approve(DIGEST))))
        .isEqualTo("APPROVAL_CHALLENGE_DIFFERS");
  }

  @Test
  void aKeyThatTheControlPlaneMadeItselfIsNotInTheLog() {
    accept(sam);
    Signer made = Signer.of(TENANT, "sam");
    Signer unheard = new Signer(TENANT, "sam", "unheard of", made.keys());

    assertThat(refusal(check(), told(1, made.approve(DIGEST)))).isEqualTo("PASSKEY_OF_ANOTHER");
    assertThat(refusal(check(), told(1, unheard.approve(DIGEST)))).isEqualTo("PASSKEY_UNKNOWN");
    assertThat(pauses).as("it may be on its way").hasSize(9);
  }

  @Test
  void aPasskeyCountsWhenSomebodyElseHasAcceptedIt() {
    log.add(sam.registered(true));
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_NOT_ACCEPTED");
    log.add(sam.decided(true, "sam"));
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_NOT_ACCEPTED");
    log.add(sam.decided(true, "ada"));
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("let through");
    log.add(mia.registered(false)).add(mia.decided(false, "ada")).add(mia.decided(true, "ada"));
    assertThat(refusal(check(), told(1, mia.approve(DIGEST)))).isEqualTo("PASSKEY_REMOVED");
  }

  @Test
  void whereOnePersonIsEnoughAPasskeyCountsAtOnce() {
    twoPersons = false;
    log.add(sam.registered(true));

    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("let through");
  }

  @Test
  void aRemovedPasskeyApprovesNothingAlsoNotWhatItSignedBefore() {
    accept(sam);
    ApprovalCheck check = check();
    SignedApproval before = sam.approve(DIGEST);
    assertThat(refusal(check, told(1, before))).isEqualTo("let through");

    log.add(sam.removed());

    assertThat(refusal(check, told(1, before))).isEqualTo("PASSKEY_REMOVED");
  }

  @Test
  void aRegistrationThatIsOnItsWayIsWaitedFor() {
    long[] asked = {0};
    source =
        from -> {
          if (++asked[0] == 3) {
            accept(sam);
          }
          return log.page(from, NOON);
        };
    log.add(new RolesSet("sam", List.of("approver")));

    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("let through");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void aLogOfManyPagesIsFollowedFromWhereItWasRead() {
    log.paged(3);
    for (int i = 0; i < 20; i++) {
      log.add(new RolesSet("p" + i, List.of("approver")));
    }
    accept(sam);
    ApprovalCheck check = check();
    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("let through");
    List<Long> asked = new ArrayList<>();
    source =
        from -> {
          asked.add(from);
          return log.page(from, NOON);
        };
    accept(mia);

    assertThat(refusal(check, told(1, mia.approve(DIGEST)))).isEqualTo("let through");
    assertThat(asked).containsExactly(23L);
  }

  @Test
  void whatCanNotBeReadForAMomentIsReadAgainAndEndsNothing() {
    accept(sam);
    TlogPolicy mine = policy;
    int[] asked = {0};
    reads =
        () -> {
          if (++asked[0] == 1) {
            throw new UncheckedIOException(new IOException("the disk is slow"));
          }
          return mine;
        };
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("let through");
    reads =
        () -> {
          throw new UncheckedIOException(new IOException("the disk is gone"));
        };

    ApprovalRefused refused =
        catchThrowableOfType(
            ApprovalRefused.class,
            () -> check().require(Optional.of(gate(1)), DIGEST, told(1, sam.approve(DIGEST))));

    assertThat(refused.code()).isEqualTo("PASSKEY_LOG_UNREADABLE");
    assertThat(refused.passing()).isTrue();
  }

  @Test
  void beforeTheIntentOnlyWhatPassesIsSaidAndOnlyWhereTheWorkflowDemandsSignatures()
      throws InterruptedException {
    source =
        _ -> {
          throw ApprovalRefused.forNow("PASSKEY_LOG_BEHIND", "there is none");
        };
    ApprovalRefused refused =
        catchThrowableOfType(ApprovalRefused.class, () -> check().prepare(Optional.of(gate(1))));
    assertThat(refused.code()).isEqualTo("PASSKEY_LOG_BEHIND");
    check().prepare(Optional.empty());

    source = _ -> new LogPage("no note", List.of(), Map.of());
    check().prepare(Optional.of(gate(1)));
  }

  @Test
  void aRemovalCanNotBeLeftOut() {
    accept(sam);
    long before = log.size();
    Note all = log.add(sam.removed()).note(log.size(), NOON);

    // Without its event, with another event, without its leaf, and with a log that goes on
    // elsewhere.
    LogPage honest = log.page(1, all);
    source = _ -> new LogPage(honest.checkpoint(), honest.leaves(), Map.of());
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_UNPROVED");
    Map<String, String> swapped = new HashMap<>(honest.events());
    swapped.put("3", String.valueOf(honest.events().get("2")));
    source = _ -> new LogPage(honest.checkpoint(), honest.leaves(), swapped);
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_UNPROVED");
    source =
        from ->
            from > before
                ? new LogPage(honest.checkpoint(), List.of(), Map.of())
                : new LogPage(honest.checkpoint(), honest.leaves().subList(0, 2), honest.events());
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_BEHIND");
    Registry fork = log.fork(before).add(new RolesSet("sam", List.of("approver")));
    source = from -> fork.page(from, all);
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_UNPROVED");
  }

  @Test
  void anOldCheckpointHidesNoRemovalForLong() {
    accept(sam);
    now = NOON.plus(Duration.ofHours(2)).plusSeconds(1);

    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_STALE");
    // Nor does one that a witness dates in the future.
    source = from -> log.page(from, log.note(log.size(), now.plus(Duration.ofMinutes(6))));
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_STALE");
    // One witness's wrong clock makes another one's old word no newer.
    source =
        from ->
            log.page(
                from, log.cosigned(log.note(log.size(), NOON), 1, now.plus(Duration.ofMinutes(6))));
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_STALE");
    source = from -> log.page(from, now);
    assertThat(refusal(check(), told(1, sam.approve(DIGEST)))).isEqualTo("let through");
  }

  @Test
  void aWorkerIsNotTakenBackBehindWhatItHasRead() {
    accept(sam);
    Note early = log.note(log.size(), NOON);
    ApprovalCheck check = check();
    log.add(sam.removed());
    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_REMOVED");

    source = from -> log.page(from, early);

    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_BEHIND");
  }

  @Test
  void onlyTheCellsLogKeyAndItsWitnessesAreBelieved() {
    accept(sam);
    Optional<SignedApprovals> told = told(1, sam.approve(DIGEST));

    source = from -> log.page(from, log.signed(log.size()));
    assertThat(refusal(check(), told)).as("seen by nobody").isEqualTo("PASSKEY_LOG_UNPROVED");
    Registry other = new Registry(TENANT);
    other.add(sam.registered(false)).add(sam.decided(true, "ada"));
    source = from -> other.page(from, NOON);
    assertThat(refusal(check(), told)).as("other keys").isEqualTo("PASSKEY_LOG_UNPROVED");
    Registry neighbour = new Registry("t2");
    neighbour.add(sam.registered(false)).add(sam.decided(true, "ada"));
    policy = neighbour.parsed();
    source = from -> neighbour.page(from, NOON);
    assertThat(refusal(check(), told)).as("another tenant's").isEqualTo("PASSKEY_LOG_UNPROVED");
    source = _ -> new LogPage("no note", List.of(), Map.of());
    assertThat(refusal(check(), told)).as("no note").isEqualTo("PASSKEY_LOG_UNPROVED");
  }

  @Test
  void garbageIsRefusedAndNothingOfItIsKept() {
    accept(sam);
    ApprovalCheck check = check();
    LogPage honest = log.page(1, NOON);
    String garbage = Base64.getEncoder().encodeToString("{}".getBytes(UTF_8));
    for (List<String> leaves :
        List.of(
            List.of(garbage, garbage),
            List.of("not base64!"),
            honest.leaves().reversed(),
            List.of(honest.leaves().getFirst(), honest.leaves().getFirst()))) {
      source = _ -> new LogPage(honest.checkpoint(), leaves, honest.events());
      assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_UNPROVED");
    }

    source = from -> log.page(from, NOON);

    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("let through");
  }

  @Test
  void aLogThatGoesOnInAnotherEpochIsReadFromItsBeginning() {
    accept(sam);
    ApprovalCheck check = check();
    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("let through");
    Registry next = log.next().add(sam.removed());

    source = from -> next.page(from, NOON);
    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_REMOVED");
    source = from -> log.page(from, NOON);
    assertThat(refusal(check, told(1, sam.approve(DIGEST)))).isEqualTo("PASSKEY_LOG_BEHIND");
  }
}
