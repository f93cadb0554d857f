/// The runner: makes calls where no worker reaches, outside every confidential machine. It gets one
/// call's parameters and credential, never a workflow's or a run's key, and its word is UNATTESTED.
@NullMarked
package ai.rails.enclave.runner;

import org.jspecify.annotations.NullMarked;
