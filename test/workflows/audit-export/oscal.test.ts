import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { oscalHead, oscalTail } from '#workflows/audit-export/formats/oscal.ts'
import { emptyTally } from '#workflows/audit-export/formats/oscal-tally.ts'
import { OSCAL_ASSESSMENT_RESULTS } from '#test/schemas/oscal-assessment-results.ts'

const ajv = new Ajv({ strict: false })
;(addFormats as unknown as { default: (ajv: Ajv) => void }).default(ajv)

test('names and titles of several lines become one line, as OSCAL asks, and the document is valid', () => {
	const at = '2026-11-24T10:00:00.000Z'
	const head = oscalHead({
		exportedBy: 'Claire\nDubreuil ',
		exportedAt: at,
		boundary: 'Sovereign\ncloud',
		organisation: ' Ministry\n of the interior',
		charter: { id: 'btr', title: 'Charter\nof the cloud', version: 1, textSha256: 'ab'.repeat(32) },
		filter: { role: null },
		start: at,
		end: at,
	})
	const document: unknown = JSON.parse(head + oscalTail(emptyTally()))
	const isDocument = ajv.compile(OSCAL_ASSESSMENT_RESULTS)
	expect(isDocument(document) ? [] : isDocument.errors).toEqual([])
	expect(document).toMatchObject({
		'assessment-results': {
			metadata: {
				title: 'Access to Sovereign cloud: assessment results',
				parties: [{ name: 'Ministry of the interior' }],
			},
		},
	})
})
