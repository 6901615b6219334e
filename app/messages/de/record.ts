import type { record as english } from '../en/record.ts'

/** German words: record. */
export const record = {
	title: 'Das Protokoll hat {{size}} Einträge',
	origin: 'Ursprung',
	vkey: 'Prüfschlüssel',
	checkpoint: 'Signierter Prüfpunkt',
	signedAt: 'Signiert',
	index: 'Index',
	kind: 'Was',
	when: 'Wann',
	about: 'Über',
	by: 'Von',
	entryTitle: 'Eintrag {{index}}: {{kind}}',
	leaf: 'Blatt, genau wie gehasht',
	leafHash: 'Blatt-Hash',
	proof: 'Einschlussbeweis im Baum der Größe {{size}}',
	openings: 'Versiegelte Gruppen',
	sealed: 'versiegelt',
	erasedOn: 'gelöscht am',
	commitment: 'Verpflichtung',
	empty: 'Das Protokoll ist leer.',
	organisation: 'die Organisation',
} satisfies Record<keyof typeof english, string>
