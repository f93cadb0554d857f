package ai.rails.projection.workflow;

import org.jooq.DSLContext;

import ai.rails.domain.workflow.WorkflowEvent;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseWithdrawn;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowActivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowDeactivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.WORKFLOW_VERSION;

/// Published versions of workflows, and which of them were found altered.
public final class WorkflowProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    if (!(entry.event() instanceof WorkflowEvent event)) {
      return;
    }
    switch (event) {
      case WorkflowPublished e ->
          sql.insertInto(WORKFLOW_VERSION)
              .set(WORKFLOW_VERSION.TENANT, entry.tenant())
              .set(WORKFLOW_VERSION.WORKFLOW, e.workflow())
              .set(WORKFLOW_VERSION.VERSION, e.version())
              .set(WORKFLOW_VERSION.WORKSPACE, entry.workspace())
              .set(WORKFLOW_VERSION.ARTIFACT_DIGEST, e.artifactDigest())
              .set(WORKFLOW_VERSION.MANIFEST_DIGEST, e.manifestDigest())
              .set(WORKFLOW_VERSION.SIGNING_KEY_ID, e.signingKeyId())
              .set(WORKFLOW_VERSION.AUTHOR, e.author())
              .set(WORKFLOW_VERSION.PUBLISHED_AT, entry.recordedAt())
              .set(WORKFLOW_VERSION.POSITION, entry.position())
              .execute();
      case ArtifactRefused e ->
          sql.update(WORKFLOW_VERSION)
              .set(WORKFLOW_VERSION.REFUSED_REASON, e.reason())
              .set(WORKFLOW_VERSION.POSITION, entry.position())
              .where(
                  WORKFLOW_VERSION.TENANT.eq(entry.tenant()),
                  WORKFLOW_VERSION.WORKFLOW.eq(e.workflow()),
                  WORKFLOW_VERSION.ARTIFACT_DIGEST.eq(e.artifactDigest()))
              .execute();
      // Said in the ledger; the view lists versions, whatever new runs start on.
      case WorkflowActivated _, ReleaseApproved _, ReleaseWithdrawn _, WorkflowDeactivated _ -> {}
    }
  }
}
