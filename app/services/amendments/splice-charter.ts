import { isScalar, parseDocument } from 'yaml'

/**
 * The same charter text under another id and version number. Only these two values are replaced, in place: comments,
 * order and spacing stay as somebody wrote them. A text that has no such values comes back as it was.
 */
export function withVersion(yaml: string, { id, version }: { id: string; version: number }): string {
	const document = parseDocument(yaml, { version: '1.2', merge: false })
	const places = [
		{ node: document.getIn(['charter', 'id'], true), text: id },
		{ node: document.getIn(['charter', 'version'], true), text: String(version) },
	].flatMap(({ node, text }) =>
		isScalar(node) && node.range ? [{ from: node.range[0], to: node.range[1], text }] : [],
	)
	// From the end, so that what was replaced does not move what comes before it.
	return places
		.sort((a, b) => b.from - a.from)
		.reduce((spliced, { from, to, text }) => spliced.slice(0, from) + text + spliced.slice(to), yaml)
}
