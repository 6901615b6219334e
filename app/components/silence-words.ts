import type { Text } from '#app/messages/create-text.ts'

/** What becomes of an access of ours that deviates where nobody answers, as the charter says; `at` is null where it goes on. */
export function silenceText(
	{ does, at }: { does: 'remove' | 'alert'; at: string | null },
	t: Text,
	instant: (at: string) => string,
): string {
	if (at === null) return t('grants.driftNoSilence')
	return t(does === 'remove' ? 'grants.driftSilence' : 'grants.driftSilenceTells', { time: instant(at) })
}
