//! Compiles the contract with protox, so that no protoc is needed.

use std::path::PathBuf;

use prost::Message;

const FILES: [&str; 9] = ["authorization", "identity", "record", "consent", "access", "ledger", "operation", "notice", "complaint"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folder this way only")]
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let files: Vec<String> = FILES.iter().map(|name| format!("coffret/v1/{name}.proto")).collect();
    for file in &files {
        println!("cargo:rerun-if-changed={file}");
    }
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_source_info(true).include_imports(true).open_files(&files)?;
    // The encoded set keeps the method options; prost_types drops extensions.
    let encoded = compiler.encode_file_descriptor_set();
    std::fs::write(out.join("coffret_descriptor.bin"), &encoded)?;
    let set = prost_types::FileDescriptorSet::decode(encoded.as_slice())?;
    tonic_prost_build::configure().bytes(".").build_client(true).build_server(true).compile_fds(set)?;
    Ok(())
}
