/// What a verification answers: the verdict, its checks, and what the evidence says.
@NullMarked
package ai.rails.attestation.verdict;

import org.jspecify.annotations.NullMarked;
