import { expect, test } from 'vitest'
import { createTenantStory } from '#workflows/audit-export/tenant-story.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'

/** Leaves of which the story looks at kind and code alone. */
const told = (...steps: readonly (readonly ['trouble' | 'trouble_over', string])[]) => {
	const story = createTenantStory()
	return steps.flatMap(([what, code]) =>
		story
			.tell({ kind: `tenant.${what}`, open: { code } } as LeafOf<'tenant.trouble' | 'tenant.trouble_over'>)
			.map((problem) => problem.code),
	)
}

test('troubles of the tenant begin and end one after the other', () => {
	expect(
		told(
			['trouble', 'NoToken'],
			['trouble_over', 'NoToken'],
			['trouble', 'NoToken'],
			['trouble_over', 'NoToken'],
		),
	).toEqual([])
})

test.each([
	['ends that had not begun', [['trouble_over', 'NoToken']]],
	[
		'ends as another',
		[
			['trouble', 'NoToken'],
			['trouble_over', 'NotGraph'],
		],
	],
	[
		'begins twice',
		[
			['trouble', 'NoToken'],
			['trouble', 'NoToken'],
		],
	],
] as const)('one that %s does not hold together', (_, steps) => {
	expect(told(...steps)).toContain('TENANT_TROUBLE')
})
