/// The offline model: TF-IDF and multinomial logistic regression in plain Java, named so that
/// nobody takes it for a language model.
@NullMarked
package ai.rails.enclave.classifier;

import org.jspecify.annotations.NullMarked;
