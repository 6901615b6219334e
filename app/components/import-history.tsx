import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { ImportView } from '#app/services/imports/show-import.server.ts'
import { whatKey } from './import-form.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Who brought which file, and what became of it. */
export function ImportHistory({ imports }: { imports: readonly (ImportView & { uploaderName: string })[] }) {
	const { t, format } = useWords()
	return (
		<section className="stack">
			<h2>{t('imports.history')}</h2>
			<Table
				caption={t('imports.history')}
				rows={imports}
				keyOf={({ id }) => id}
				empty={t('imports.noImports')}
				columns={[
					{
						label: t('imports.what'),
						cell: ({ id, what }) => <Link to={`/people/import/${id}`}>{t(whatKey(what))}</Link>,
					},
					{ label: t('imports.state'), cell: ({ state }) => t(`imports.state_${state}`) },
					{
						label: t('imports.rows'),
						cell: ({ rows, added, changed, errors }) => (
							<>
								{format.number(rows)}
								<br />
								<span className="muted small">
									{t('imports.inShort', {
										added: format.number(added),
										changed: format.number(changed),
										errors: format.number(errors),
									})}
								</span>
							</>
						),
					},
					{
						label: t('imports.brought'),
						cell: ({ uploadedAt, uploaderName }) => (
							<>
								<Time at={uploadedAt} />
								<br />
								<span className="muted small">{t('imports.by', { name: uploaderName })}</span>
							</>
						),
					},
					{
						label: t('imports.hash'),
						cell: ({ sha256 }) => <code title={sha256}>{sha256.slice(0, 16)}…</code>,
					},
				]}
			/>
		</section>
	)
}
