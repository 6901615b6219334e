import type { charter as english } from '../en/charter.ts'

/** German words: charter. */
export const charter = {
	title: '{{title}}, Version {{version}}, ist in Kraft',
	since: 'In Kraft seit',
	organisation: 'Organisation',
	boundary: 'Grenze',
	jurisdiction: 'Rechtsraum',
	digest: 'Prüfsumme des Textes',
	facilities: 'Standorte',
	networks: 'Netze',
	rolesRequest: 'Rollen bei Bedarf',
	rolesHeld: 'Rollen durch Bestellung',
	citizenship: 'Staatsangehörigkeit',
	excluded: 'ausgeschlossen: {{list}}',
	clearance: 'Ermächtigung',
	maximum: 'Höchstens',
	approval: 'Entscheidung',
	askedBy: 'Beantragt von',
	stages: '{{role}} ({{quorum}}), binnen {{time}}',
	text: 'Text der Charta (YAML)',
} satisfies Record<keyof typeof english, string>
