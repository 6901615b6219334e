import { Field } from '#app/components/ui/form.tsx'

/** The time zone in which a period is written: any IANA name, with those that the server knows to choose from. */
export function ZoneField({
	label,
	zone,
	zones,
	error,
}: {
	label: string
	zone: string
	zones: readonly string[]
	error: string | undefined
}) {
	return (
		<>
			<Field id="zone" label={label} error={error}>
				{(aria) => (
					<input
						className="input"
						list="zones"
						maxLength={60}
						autoComplete="off"
						spellCheck={false}
						defaultValue={zone}
						{...aria}
					/>
				)}
			</Field>
			<datalist id="zones">
				{zones.map((known) => (
					<option key={known} value={known} />
				))}
			</datalist>
		</>
	)
}
