import { useWords } from '#app/messages/text.tsx'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'

/** What stands at the foot of every sheet: which report it is, of which charter, from when, and where to see it again. */
export function ReadinessPrintFoot({
	report,
	number,
	url,
}: {
	report: Pick<ReadinessReport, 'readAt' | 'judgedAt' | 'charter'>
	number: number
	url: string
}) {
	const { t, format } = useWords()
	return (
		<div className="print-foot" aria-hidden="true">
			<span>
				{t('readiness.printFoot', {
					number,
					at: format.instant(report.judgedAt),
					charter: report.charter.title,
					version: report.charter.version,
				})}{' '}
				{url}
			</span>
		</div>
	)
}
