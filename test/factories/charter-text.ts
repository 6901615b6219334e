/** The section of the sample charter about Entra ID is its last, and begins with its comment. */
const RULES = /\n(?:#[^\n]*\n)*entra:\n(?:[ \t#][^\n]*\n)*$/

/**
 * The sample charter with other rules for Entra ID: `section` stands in place of what the sample has under `entra:`, and
 * with '' the charter says nothing of it. A test that is about one rule is not about all that the sample shows.
 */
export function withRules(section: string): (yaml: string) => string {
	return (yaml) => {
		if (!RULES.test(yaml)) throw new Error('The charter does not end with its section about Entra ID.')
		return yaml.replace(RULES, section === '' ? '\n' : `\nentra:\n${section}\n`)
	}
}
