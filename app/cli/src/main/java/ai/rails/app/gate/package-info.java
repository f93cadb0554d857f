/// `rails approval`: the approval inbox and what a person may say in it.
@NullMarked
package ai.rails.app.gate;

import org.jspecify.annotations.NullMarked;
